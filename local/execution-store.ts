import { DatabaseSync } from 'node:sqlite';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How a task ended, as its caller told it. */
export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

/** The task or wait that is under way: what a restart must not forget of it. */
export interface Attempt {
  /** Epoch milliseconds; timeouts and waits count from here, also over a restart. */
  readonly startedAt: number;
  readonly token?: string;
  readonly outcome?: TaskOutcome;
}

export interface Execution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  /** JSON, exactly as it was given. */
  readonly input: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly status: ExecutionStatus;
  readonly stoppedAt?: number;
  /** JSON. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  /** While it runs: the state that it is in. */
  readonly at?: { readonly state: string; readonly input: unknown; readonly attempt?: Attempt };
}

/** An event of an execution’s history, in the shape of GetExecutionHistory. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Epoch seconds. */
  readonly timestamp: number;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** A page of a list, with what asks for the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: number;
}

/** Executions that are remembered after their end; Step Functions does so for 90 days. */
const keptExecutions = 20_000;

export interface ExecutionStore {
  /** False when there is an execution of that ARN already. */
  add(execution: Execution): boolean;
  get(arn: string): Execution | undefined;
  update(execution: Execution): void;
  running(): readonly Execution[];
  /** Newest first. @param from what the page before gave as `next`. */
  list(machineArn: string, status: string | undefined, limit: number, from?: number): Page<Execution>;
  addEvent(arn: string, event: HistoryEvent): void;
  lastEventId(arn: string): number;
  history(arn: string, limit: number, newestFirst: boolean, from?: number): Page<HistoryEvent>;
  close(): void;
}

/**
 * @param file where executions are kept; in memory when left out.
 * @param kept how many, apart from those that still run.
 */
export const openExecutionStore = (file = ':memory:', kept = keptExecutions): ExecutionStore => {
  const database = new DatabaseSync(file);
  // NORMAL: what was answered survives the end of this process, however it ends.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS executions (sequence INTEGER PRIMARY KEY, arn TEXT UNIQUE, machine TEXT, status TEXT, record TEXT);
    CREATE INDEX IF NOT EXISTS by_machine ON executions (machine, sequence);
    CREATE INDEX IF NOT EXISTS running ON executions (status) WHERE status = 'RUNNING';
    CREATE TABLE IF NOT EXISTS events (arn TEXT, id INTEGER, event TEXT, PRIMARY KEY (arn, id)) WITHOUT ROWID`);
  const insert = database.prepare(
    'INSERT INTO executions (arn, machine, status, record) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const byArn = database.prepare('SELECT record FROM executions WHERE arn = ?');
  const update = database.prepare('UPDATE executions SET status = ?, record = ? WHERE arn = ?');
  const running = database.prepare(
    `SELECT record FROM executions WHERE status = 'RUNNING' ORDER BY sequence`,
  );
  const list = database.prepare(
    `SELECT sequence, record FROM executions
     WHERE machine = ?1 AND sequence < ?2 AND (?3 IS NULL OR status = ?3) ORDER BY sequence DESC LIMIT ?4`,
  );
  const addEvent = database.prepare('INSERT INTO events VALUES (?, ?, ?)');
  const lastEvent = database.prepare('SELECT max(id) AS id FROM events WHERE arn = ?');
  const oldest = database.prepare('SELECT event FROM events WHERE arn = ? AND id > ? ORDER BY id LIMIT ?');
  const newest = database.prepare(
    'SELECT event FROM events WHERE arn = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const recordOf = (row: unknown): Execution => JSON.parse((row as { record: string }).record);
  const oldEvents = database.prepare(
    `DELETE FROM events WHERE arn IN (SELECT arn FROM executions WHERE sequence <= ? AND status <> 'RUNNING')`,
  );
  const old = database.prepare(`DELETE FROM executions WHERE sequence <= ? AND status <> 'RUNNING'`);
  return {
    add(execution) {
      const { arn, machineArn, status } = execution;
      const { changes, lastInsertRowid } = insert.run(arn, machineArn, status, JSON.stringify(execution));
      if (changes === 0) return false;
      oldEvents.run(Number(lastInsertRowid) - kept);
      old.run(Number(lastInsertRowid) - kept);
      return true;
    },
    get(arn) {
      const row = byArn.get(arn);
      return row === undefined ? undefined : recordOf(row);
    },
    update(execution) {
      update.run(execution.status, JSON.stringify(execution), execution.arn);
    },
    running: () => running.all().map(recordOf),
    list(machineArn, status, limit, from = Number.MAX_SAFE_INTEGER) {
      const rows = list.all(machineArn, from, status ?? null, limit) as { sequence: number }[];
      return page(rows.map(recordOf), limit, rows.at(-1)?.sequence);
    },
    addEvent(arn, event) {
      addEvent.run(arn, event.id, JSON.stringify(event));
    },
    lastEventId: (arn) => Number(lastEvent.get(arn)?.['id'] ?? 0),
    history(arn, limit, newestFirst, from) {
      const rows = newestFirst
        ? newest.all(arn, from ?? Number.MAX_SAFE_INTEGER, limit)
        : oldest.all(arn, from ?? 0, limit);
      const events = rows.map((row) => JSON.parse(String(row['event'])) as HistoryEvent);
      return page(events, limit, events.at(-1)?.id);
    },
    close: () => database.close(),
  };
};

const page = <T>(items: readonly T[], limit: number, last: number | undefined): Page<T> =>
  items.length < limit || last === undefined ? { items } : { items, next: last };
