import { emptyBlock, type Picture } from './availability-picture.ts';
import type { Block } from './block.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { OpenSale, Pictures } from './ports.ts';

interface Entry {
  picture: Picture | undefined;
  /** A read under way; requests that may use its result wait for it instead of reading too. */
  reading: Promise<Picture> | undefined;
  /** The read after that one, for requests that need one begun after they asked. */
  next: Promise<Picture> | undefined;
  /** Blocks seen newer than the picture, with when: a read begun earlier must not bring back the old. */
  readonly mended: Map<number, { readonly block: Block; readonly atMs: number; readonly isGuess: boolean }>;
}

/** Sessions whose pictures one process keeps; a picture of 40,000 places takes some megabytes. */
const maxSessions = 32;

/** Pictures of sessions in memory: one read serves all requests of the process that come meanwhile. */
export const openPictures = (store: InventoryStore, clockMs: () => number = Date.now): Pictures => {
  const entries = new Map<string, Entry>();

  const entryOf = (sessionId: string): Entry => {
    const known = entries.get(sessionId);
    if (known !== undefined) return known;
    const entry: Entry = { picture: undefined, reading: undefined, next: undefined, mended: new Map() };
    const [oldest] = entries.keys();
    if (entries.size >= maxSessions && oldest !== undefined) entries.delete(oldest);
    entries.set(sessionId, entry);
    return entry;
  };

  const read = (entry: Entry, { sale, plan }: OpenSale, consistent: boolean): Promise<Picture> => {
    const readAtMs = clockMs();
    const reading = store
      .readBlocks(sale.sessionId, plan.shards, consistent)
      .then((found) => {
        const blocks = plan.blocks.map(({ number }) => found.get(number) ?? emptyBlock);
        const guessed = new Set<number>();
        for (const [number, { block, atMs, isGuess }] of entry.mended) {
          if (atMs < readAtMs) {
            entry.mended.delete(number);
            continue;
          }
          blocks[number] = block;
          if (isGuess) guessed.add(number);
        }
        entry.picture = { plan, blocks, guessed, readAtMs };
        return entry.picture;
      })
      .finally(() => {
        entry.reading = undefined;
      });
    entry.reading = reading;
    return reading;
  };

  const note = (sessionId: string, number: number, block: Block, isGuess: boolean): void => {
    const entry = entries.get(sessionId);
    if (entry === undefined) return;
    entry.mended.set(number, { block, atMs: clockMs(), isGuess });
    if (entry.picture === undefined) return;
    entry.picture.blocks[number] = block;
    if (isGuess) entry.picture.guessed.add(number);
    else entry.picture.guessed.delete(number);
  };

  return {
    async of(open, maxAgeMs) {
      const entry = entryOf(open.sale.sessionId);
      const { picture } = entry;
      if (maxAgeMs > 0) {
        if (picture !== undefined && clockMs() - picture.readAtMs <= maxAgeMs) return picture;
        return entry.reading ?? read(entry, open, false);
      }
      if (entry.reading === undefined) return read(entry, open, true);
      entry.next ??= entry.reading
        .catch(() => undefined)
        .then(() => {
          entry.next = undefined;
          return read(entry, open, true);
        });
      return entry.next;
    },

    mend: (sessionId, number, block) => note(sessionId, number, block, false),
    guess: (sessionId, number, block) => note(sessionId, number, block, true),
  };
};
