import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../functions/catalog/layout.ts';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import { hall, rectangle, seated, standing } from './hall.ts';

describe('blocks are runs of neighbouring seats of one row and category', () => {
  test.each([
    ['a short row is one block', ['aaaa'], [[0, 1, 2, 3]]],
    [
      'rows are never joined',
      ['aa', 'aa'],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['another category ends a block', ['aabba'], [[0, 1], [4]]],
    ['seats of a category that is not sold are numbered but in no block', ['xaa'], [[1, 2]]],
    ['a row of 20 is one block', ['a'.repeat(20)], [Array.from({ length: 20 }, (_, place) => place)]],
    [
      'a row of 21 is cut into halves, not into 20 and 1',
      ['a'.repeat(21)],
      [Array.from({ length: 11 }, (_, place) => place), Array.from({ length: 10 }, (_, place) => 11 + place)],
    ],
  ])('%s', (_, rows, expected) => {
    const plan = planInventory(hall(rows), [seated('a')]);
    expect(plan.blocks.map(({ places }) => places)).toEqual(expected);
  });
});

test('slots of general admission follow the seats, in the order of the ticket types', () => {
  const plan = planInventory(hall(['aa']), [standing('pit', 21), seated('a'), standing('lawn', 2)]);
  expect(plan.names.slice(0, 4)).toEqual(['1-1', '1-2', 'tt_pit-1', 'tt_pit-2']);
  expect(plan.names.slice(-3)).toEqual(['tt_pit-21', 'tt_lawn-1', 'tt_lawn-2']);
  expect(plan.blocks.map(({ ticketType, row, places }) => [ticketType, row, places.length])).toEqual([
    [1, 0, 2],
    [0, undefined, 11],
    [0, undefined, 10],
    [2, undefined, 2],
  ]);
  expect(plan.blocksOfType).toEqual([[1, 2], [0], [3]]);
  expect(plan.placeByName.get('tt_pit-12')).toBe(13);
  expect(plan.blockOf[13]).toEqual({ block: 2, index: 0 });
});

test('a standing area of the plan sells its capacity', () => {
  const layout = hall(['aa'], [{ name: 'Floor', category: 'f', capacity: 30 }]);
  const plan = planInventory(layout, [seated('f')]);
  expect(plan.names.slice(2, 4)).toEqual(['tt_f-1', 'tt_f-2']);
  expect(plan.blocks.map(({ places }) => places.length)).toEqual([15, 15]);
});

test('a session without a plan sells its quantities', () => {
  const plan = planInventory(undefined, [standing('lawn', 3)]);
  expect(plan.names).toEqual(['tt_lawn-1', 'tt_lawn-2', 'tt_lawn-3']);
});

test.each([
  [1, 1],
  [2_500, 1],
  [2_501, 2],
  [40_000, 16],
  [100_000, 16],
])('%i places lie in %i shards, none with more blocks than another by two', (places, shards) => {
  const plan = planInventory(undefined, [standing('lawn', places)]);
  expect(plan.shards).toBe(shards);
  const sizes = Array.from(
    { length: shards },
    (_, shard) => plan.blocks.filter((b) => b.shard === shard).length,
  );
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2);
});

test('the Paraninfo: 603 seats, every one in exactly one block', () => {
  const file = new URL('../fixtures/seating/ull-paraninfo.pretix.json', import.meta.url);
  const layout = layoutOf(JSON.parse(readFileSync(file, 'utf8')), 'ven_1');
  const types = layout.categories.map(({ name }) => ({ ...seated(name), id: `tt_${name}` }));
  const plan = planInventory(layout, types);
  expect(plan.names).toHaveLength(603);
  expect(plan.blocks.flatMap(({ places }) => places).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 603 }, (_, place) => place),
  );
});

test('40,000 seats are planned in well under a second', () => {
  const layout = rectangle(800, 50);
  const startedAt = performance.now();
  const plan = planInventory(layout, [seated('a')]);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  // 50 seats make blocks of 17, 17 and 16.
  expect(plan.blocks).toHaveLength(2_400);
  expect(plan.blocks.slice(0, 3).map(({ places }) => places.length)).toEqual([17, 17, 16]);
});

const seed = Date.now();
test(`every hall: each place of a sold category in one block, at the index that blockOf says (seed ${seed})`, () => {
  const row = fc.string({ unit: fc.constantFrom('a', 'b', 'x', 'A'), minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat({ max: 90 }), (rows, quantity) => {
      const layout = hall(rows);
      const types = [seated('a'), seated('b'), ...(quantity > 0 ? [standing('lawn', quantity)] : [])];
      const plan = planInventory(layout, types);
      expect(planInventory(layout, types)).toEqual(plan);
      expect(plan.names).toHaveLength(rows.join('').length + quantity);
      expect(new Set(plan.names).size).toBe(plan.names.length);
      const seen = new Map<number, number>();
      for (const block of plan.blocks) {
        expect(block.places.length).toBeGreaterThan(0);
        expect(block.places.length).toBeLessThanOrEqual(20);
        for (const [index, place] of block.places.entries()) {
          expect(seen.has(place)).toBe(false);
          seen.set(place, block.ticketType);
          expect(plan.blockOf[place]).toEqual({ block: block.number, index });
          if (index > 0) expect(place).toBe(block.places[index - 1]! + 1);
        }
      }
      for (const [place, letter] of [...rows.join('')].entries()) {
        expect(seen.get(place)).toBe({ a: 0, A: 0, b: 1, x: undefined }[letter]);
        expect(plan.accessible.has(place)).toBe(letter === 'A');
      }
    }),
    { seed, numRuns: 300 },
  );
});
