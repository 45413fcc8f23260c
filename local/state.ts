import { DatabaseSync } from 'node:sqlite';

/** What the adapters must not forget over a restart, as text by kind and key. */
export interface State {
  get(kind: StateKind, key: string): string | undefined;
  set(kind: StateKind, key: string, value: string): void;
  delete(kind: StateKind, key: string): void;
  close(): void;
}

export type StateKind = 'signing-key' | 'secret' | 'kms-key' | 'stream-position' | 'ttl-deletion';

/** @param file where it is kept; in memory when left out. */
export const openState = (file = ':memory:'): State => {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS state (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID',
  );
  const get = database.prepare('SELECT value FROM state WHERE kind = ? AND key = ?');
  const set = database.prepare('INSERT OR REPLACE INTO state VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM state WHERE kind = ? AND key = ?');
  return {
    get: (kind, key) => get.get(kind, key)?.['value'] as string | undefined,
    set: (kind, key, value) => {
      set.run(kind, key, value);
    },
    delete: (kind, key) => {
      remove.run(kind, key);
    },
    close: () => database.close(),
  };
};
