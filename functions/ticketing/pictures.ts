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
  readonly mended: Map<number, { readonly block: Block; readonly turn: number }>;
}

/** Sessions whose pictures one process keeps; a picture of 40,000 places takes some megabytes. */
const maxSessions = 32;

/** Pictures of sessions in memory: one read serves all requests of the process that come meanwhile. */
export const openPictures = (store: InventoryStore, clockMs: () => number = Date.now): Pictures => {
  const entries = new Map<string, Entry>();
  /** Counts reads and mends: which came first, where the clock shows the same millisecond for both. */
  let turns = 0;

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
    turns += 1;
    const turn = turns;
    const reading = store
      .readBlocks(sale.sessionId, plan.shards, consistent)
      .then((found) => {
        const asRead = plan.blocks.map(({ number }) => found.get(number) ?? emptyBlock);
        const blocks = [...asRead];
        for (const [number, mended] of entry.mended) {
          if (mended.turn < turn) entry.mended.delete(number);
          else blocks[number] = mended.block;
        }
        entry.picture = { plan, blocks, asRead, readAtMs };
        return entry.picture;
      })
      .finally(() => {
        entry.reading = undefined;
      });
    entry.reading = reading;
    return reading;
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

    mend(sessionId, number, block) {
      const entry = entries.get(sessionId);
      if (entry === undefined) return;
      turns += 1;
      entry.mended.set(number, { block, turn: turns });
      if (entry.picture !== undefined) entry.picture.blocks[number] = block;
    },
  };
};
