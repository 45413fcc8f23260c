import { describe, expect, test } from 'vitest';
import {
  compactStates,
  countsOf,
  emptyBlock,
  type Picture,
  statesOf,
} from '../../functions/ticketing/availability-picture.ts';
import type { Block } from '../../functions/ticketing/block.ts';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import type { InventoryStore } from '../../functions/ticketing/inventory-store.ts';
import { openPictures } from '../../functions/ticketing/pictures.ts';
import type { OpenSale } from '../../functions/ticketing/ports.ts';
import { hall, seated, standing } from './hall.ts';

const held = (...claims: [key: string, until: number][]): Block => ({
  sold: new Set(),
  held: Object.fromEntries(claims.map(([key, u]) => [key, { h: 'h', u }])),
});

test('states, letters and counts of a hall: unsold seats are neither free nor counted', () => {
  // Row 1: two of a, one that is not sold here; row 2: two of b; then two standing places.
  const plan = planInventory(hall(['aax', 'bb']), [seated('b'), seated('a'), standing('lawn', 2)]);
  const blocks: Block[] = [held(['0', 100]), { sold: new Set(['1']), held: {} }, emptyBlock];
  const picture: Picture = { plan, blocks, asRead: blocks, readAtMs: 0 };
  expect(compactStates(picture, 100)).toBe('ha-asaa');
  expect(compactStates(picture, 101)).toBe('aa-asaa');
  expect(statesOf(picture, 100)).toEqual([
    'held',
    'available',
    'sold',
    'available',
    'sold',
    'available',
    'available',
  ]);
  expect(countsOf(picture, 100)).toEqual([
    { available: 1, held: 0, sold: 1 },
    { available: 1, held: 1, sold: 0 },
    { available: 2, held: 0, sold: 0 },
  ]);
});

describe('pictures in memory', () => {
  /** A store whose reads end when the test says so, and a clock that the test moves. */
  const setUp = () => {
    let nowMs = 1_000;
    const reads: { consistent: boolean; end: (blocks: [number, Block][]) => void }[] = [];
    const store = {
      readBlocks: (_: string, __: number, consistent: boolean) =>
        new Promise((resolve) => {
          reads.push({ consistent, end: (blocks) => resolve(new Map(blocks)) });
        }),
    } as unknown as InventoryStore;
    const open = {
      sale: { sessionId: 'ses_1' },
      plan: planInventory(hall(['a', 'a']), [seated('a')]),
    } as OpenSale;
    const pictures = openPictures(store, () => nowMs);
    const end = (index: number, blocks: [number, Block][] = []) => reads[index]?.end(blocks);
    return {
      reads,
      end,
      open,
      pictures,
      tick: (ms: number) => {
        nowMs += ms;
      },
    };
  };

  test('one read serves everybody who comes meanwhile, and until it is too old', async () => {
    const { reads, end, open, pictures, tick } = setUp();
    const first = pictures.of(open, 2_000);
    const second = pictures.of(open, 2_000);
    end(0, [[0, held(['0', 9])]]);
    expect(await first).toBe(await second);
    expect((await first).blocks).toEqual([held(['0', 9]), emptyBlock]);
    tick(2_000);
    expect(await pictures.of(open, 2_000)).toBe(await first);
    tick(1);
    const third = pictures.of(open, 2_000);
    expect(reads.map(({ consistent }) => consistent)).toEqual([false, false]);
    end(1);
    expect((await third).readAtMs).toBe(3_001);
  });

  test('who needs a read begun after asking waits for the next one, which is consistent and shared', async () => {
    const { reads, end, open, pictures } = setUp();
    const early = pictures.of(open, 2_000);
    const fresh = pictures.of(open, 0);
    const alsoFresh = pictures.of(open, 0);
    expect(reads).toHaveLength(1);
    end(0);
    await early;
    await expect.poll(() => reads.length).toBe(2);
    expect(reads[1]?.consistent).toBe(true);
    end(1, [[1, held(['0', 5])]]);
    expect((await fresh).blocks[1]).toEqual(held(['0', 5]));
    expect(await alsoFresh).toBe(await fresh);
    expect(reads).toHaveLength(2);
  });

  test('a failed read fails those who waited for it, and nobody after', async () => {
    const { end, open } = setUp();
    let fails = true;
    const pictures = openPictures({
      readBlocks: async () => {
        if (fails) throw new Error('no answer');
        return new Map();
      },
    } as unknown as InventoryStore);
    await expect(pictures.of(open, 2_000)).rejects.toThrow('no answer');
    await expect(pictures.of(open, 0)).rejects.toThrow('no answer');
    fails = false;
    expect((await pictures.of(open, 0)).blocks).toHaveLength(2);
    end(0);
  });

  test('what was seen of a block during a read is newer than the read; what was seen before it is not', async () => {
    const { end, open, pictures, tick } = setUp();
    const first = pictures.of(open, 2_000);
    tick(10);
    pictures.mend('ses_1', 0, held(['0', 7]));
    end(0, [[0, emptyBlock]]);
    expect((await first).blocks[0]).toEqual(held(['0', 7]));
    tick(10);
    const second = pictures.of(open, 0);
    end(1, [[0, emptyBlock]]);
    expect((await second).blocks[0]).toEqual(emptyBlock);
  });

  test('what was read stays beside what was seen since, and of one instant the read is newer than what was seen before', async () => {
    const { end, open, pictures } = setUp();
    const first = pictures.of(open, 2_000);
    end(0);
    const picture = await first;
    pictures.mend('ses_1', 0, held(['0', 7]));
    expect(picture.blocks).toEqual([held(['0', 7]), emptyBlock]);
    expect(picture.asRead).toEqual([emptyBlock, emptyBlock]);
    const second = pictures.of(open, 0);
    pictures.mend('ses_1', 1, held(['0', 8]));
    end(1);
    expect((await second).blocks).toEqual([emptyBlock, held(['0', 8])]);
    expect((await second).asRead).toEqual([emptyBlock, emptyBlock]);
  });
});
