import type { Change } from '../platform/lifecycle-event.ts';
import { absent, type Item, type Key, type Table } from '../platform/table.ts';
import { scanPage } from '../platform/table-scan.ts';
import { type Block, rules } from './block.ts';
import { toExpression } from './block-expression.ts';
import type { InventoryPlan } from './block-plan.ts';
import { claimId, type Hold } from './hold.ts';
import type { FoundHold, StrayClaims } from './hold-drift.ts';
import { blockKey, holdKey, toBlock, toHold } from './inventory-store.ts';

export interface FoundBlock {
  readonly key: Key;
  readonly number: number;
  readonly block: Block;
}

export interface FoundInventory {
  readonly blocks: readonly FoundBlock[];
  readonly holds: readonly FoundHold[];
  readonly next?: Readonly<Record<string, unknown>>;
}

/** Items of a page: what belongs to one of them, at most twenty holds or blocks, is read beside it. */
const pageItems = 250;
/** Keys that one call reads at most; DynamoDB’s limit. */
const keysAtOnce = 100;
/** A note of stray claims is kept a little longer than they can hold anything back. */
const noteKeptSeconds = 60 * 60;

const toFoundHold = (item: Item): FoundHold => ({
  hold: toHold(item),
  changedAt: Date.parse((item['change'] as Change).at) / 1_000,
});

/** What the reconciliation of holds reads and writes in the ticketing table. */
export const openDriftStore = (table: Table) => {
  const readAll = async (keys: readonly Key[], consistent: boolean): Promise<readonly Item[]> => {
    const items: Item[] = [];
    for (let start = 0; start < keys.length; start += keysAtOnce)
      items.push(...(await table.batchGet<Item>(keys.slice(start, start + keysAtOnce), { consistent })));
    return items;
  };

  return {
    /** Blocks and holds of a page of the table, eventually consistent. */
    async page(from: Readonly<Record<string, unknown>> | undefined): Promise<FoundInventory> {
      const { items, next } = await scanPage(table.name, pageItems, from);
      return {
        blocks: items
          .filter(({ sk }) => sk.startsWith('BLOCK#'))
          .map((item) => ({
            key: { pk: item.pk, sk: item.sk },
            number: Number(item.sk.slice('BLOCK#'.length)),
            block: toBlock(item),
          })),
        holds: items.filter(({ sk }) => sk === 'HOLD').map(toFoundHold),
        ...(next && { next }),
      };
    },

    /** Holds by id, eventually consistent; unknown ones are left out. */
    async readHolds(holdIds: readonly string[]): Promise<ReadonlyMap<string, Hold>> {
      const items = await readAll(holdIds.map(holdKey), false);
      return new Map(items.map(toHold).map((hold) => [hold.holdId, hold]));
    },

    /** The blocks that a hold’s places lie in, by number. */
    async readBlocks(
      { sessionId, places }: Hold,
      plan: InventoryPlan,
      consistent: boolean,
    ): Promise<ReadonlyMap<number, Block>> {
      const keys = places.flatMap(({ block }) => {
        const planned = plan.blocks[block];
        return planned === undefined ? [] : [blockKey(sessionId, planned)];
      });
      const items = await readAll(keys, consistent);
      return new Map(items.map((item) => [Number(item.sk.slice('BLOCK#'.length)), toBlock(item)]));
    },

    /**
     * Notes stray claims when they are seen first.
     * @returns since when they are known, in epoch seconds.
     */
    async noteStray({ key }: FoundBlock, { holdId, keys, until }: StrayClaims, now: number): Promise<number> {
      const note = { pk: `STRAY#${holdId}`, sk: `${key.pk}#${key.sk}#${[...keys].sort().join('')}#${until}` };
      const written = await table.put({ ...note, since: now, ttl: until + noteKeptSeconds }, absent);
      return written.written ? now : ((written.old?.['since'] as number | undefined) ?? now);
    },

    /**
     * Gives stray claims back, if they are still their hold’s and it is still what it was read as: one transaction.
     * @returns whether they were given back.
     */
    async releaseStray(
      { key }: FoundBlock,
      { holdId, keys, until }: StrayClaims,
      hold: Hold | undefined,
      now: number,
    ): Promise<boolean> {
      const result = await table.transact([
        {
          check: holdKey(holdId),
          when:
            hold === undefined
              ? absent
              : {
                  condition: '#status = :status',
                  names: { '#status': 'status' },
                  values: { ':status': hold.status },
                },
        },
        {
          update: key,
          by: toExpression(rules.release, { keys, holdId: claimId(holdId), now, until }),
        },
      ]);
      return result.written;
    },
  };
};

export type DriftStore = ReturnType<typeof openDriftStore>;
