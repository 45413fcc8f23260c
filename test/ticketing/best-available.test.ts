import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseBest, seededRandom, type Wanted } from '../../functions/ticketing/best-available.ts';
import { type Block, placeKey } from '../../functions/ticketing/block.ts';
import {
  type InventoryPlan,
  planInventory,
  type SaleTicketType,
} from '../../functions/ticketing/block-plan.ts';
import { hall, seated, standing } from './hall.ts';

/**
 * A picture drawn as text: `a` is free, `A` a free wheelchair place, `x` taken (held by another), `s` sold,
 * `m` claimed by the hold that asks, `l` lapsed claim of another.
 */
interface Hall {
  readonly plan: InventoryPlan;
  readonly blocks: readonly Block[];
}

const choose = ({ plan, blocks }: Hall, asked: Wanted) => chooseBest(plan, blocks, asked);

const picture = (rows: readonly string[], types: readonly SaleTicketType[] = [seated('a')]): Hall => {
  const plan = planInventory(hall(rows.map((row) => row.replaceAll(/[xsml]/g, 'a'))), types);
  const letters = rows.join('');
  const blocks = plan.blocks.map(({ places }): Block => {
    const sold = new Set<string>();
    const held: Record<string, { h: string; u: number }> = {};
    for (const [index, place] of places.entries()) {
      const letter = letters[place];
      if (letter === 's') sold.add(placeKey(index));
      if (letter === 'x') held[placeKey(index)] = { h: 'you', u: 100 };
      if (letter === 'm') held[placeKey(index)] = { h: 'me', u: 100 };
      if (letter === 'l') held[placeKey(index)] = { h: 'you', u: 99 };
    }
    return { sold, held };
  });
  return { plan, blocks };
};

const wanted = (quantity: number, more: Partial<Wanted> = {}): Wanted => ({
  ticketType: 0,
  quantity,
  adjacent: false,
  isGeneralAdmission: false,
  holdId: 'me',
  now: 100,
  random: () => 0,
  ...more,
});

describe('which places, by the first random draw', () => {
  test.each<[string, string[], number, number[] | undefined]>([
    ['the front of the first row', ['aaaa', 'aaaa'], 2, [0, 1]],
    ['side by side in a later row before apart in the first', ['axa', 'aaa'], 2, [3, 4]],
    ['apart when nowhere side by side: the longest pieces first', ['axax', 'aaxa'], 3, [0, 4, 5]],
    ['rows are not neighbours', ['xxa', 'axx'], 2, [2, 3]],
    ['sold and held places are passed over', ['sxaa'], 2, [2, 3]],
    ['a lapsed claim is free', ['xlla'], 3, [1, 2, 3]],
    ['a claim of one’s own is free', ['xmma'], 3, [1, 2, 3]],
    ['wheelchair places are kept while others are left', ['AAaa'], 2, [2, 3]],
    ['and given when nothing else is', ['AAxx'], 2, [0, 1]],
    ['a retry gets what its first try claimed, though better is free', ['aaaa', 'xmmx'], 2, [5, 6]],
    ['and anew when that is not what it asks for', ['aaaa', 'xmmx'], 3, [0, 1, 2]],
    ['too few', ['axxa'], 3, undefined],
  ])('%s', (_, rows, quantity, expected) => {
    expect(choose(picture(rows), wanted(quantity))).toEqual(expected);
  });

  test.each<[string, string[], number, number[] | undefined]>([
    ['found', ['axa', 'aaa'], 3, [3, 4, 5]],
    ['not found, though there are enough', ['axa', 'axa'], 2, undefined],
    ['what a first try claimed apart will not do', ['mxm', 'xaa'], 2, [4, 5]],
    ['wheelchair places make it possible', ['aAax'], 3, [0, 1, 2]],
  ])('demanded side by side: %s', (_, rows, quantity, expected) => {
    expect(choose(picture(rows), wanted(quantity, { adjacent: true }))).toEqual(expected);
  });

  test('neighbours across the border of two blocks of a row', () => {
    // 30 seats are blocks of 15 and 15.
    expect(choose(picture([`${'x'.repeat(14)}aa${'x'.repeat(14)}`]), wanted(2, { adjacent: true }))).toEqual([
      14, 15,
    ]);
  });

  test('only places of the ticket type', () => {
    expect(choose(picture(['aab', 'bbb'], [seated('a'), seated('b')]), wanted(3, { ticketType: 1 }))).toEqual(
      [3, 4, 5],
    );
    expect(choose(picture(['aab'], [seated('a'), seated('b')]), wanted(2, { ticketType: 1 }))).toBe(
      undefined,
    );
  });

  test('what is left of a row stays in one piece: windows are tiled from its beginning', () => {
    const rows = ['aaaaaa'];
    const chosen = [0, 0.4, 0.9].map((draw) => choose(picture(rows), wanted(2, { random: () => draw })));
    expect(chosen).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });
});

describe('spreading', () => {
  const rows = Array.from({ length: 40 }, () => 'a'.repeat(10));

  test('a hundred holds spread over the best 24 windows, and no further', () => {
    const firsts = new Set(
      Array.from({ length: 100 }, (_, buyer) => {
        const places = choose(picture(rows), wanted(2, { random: seededRandom(`hld_${buyer}`) }));
        return places?.[0] ?? -1;
      }),
    );
    expect(firsts.size).toBeGreaterThan(18);
    expect(Math.max(...firsts)).toBe(46);
  });

  test('the same hold always draws alike', () => {
    const draw = (seed: string) => Array.from({ length: 3 }, seededRandom(seed));
    expect(draw('hld_1')).toEqual(draw('hld_1'));
    expect(draw('hld_1')).not.toEqual(draw('hld_2'));
    for (const value of Array.from({ length: 1_000 }, seededRandom('hld_3'))) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  });

  test('standing places are drawn from all of them, each group within one block', () => {
    const plan = planInventory(undefined, [standing('lawn', 2_000)]);
    const lawn: Hall = {
      plan,
      blocks: plan.blocks.map(() => ({ sold: new Set(), held: {} })),
    };
    const blocks = new Set<number>();
    for (let buyer = 0; buyer < 200; buyer += 1) {
      const random = seededRandom(`hld_${buyer}`);
      const places = choose(lawn, wanted(3, { isGeneralAdmission: true, random })) ?? [];
      const used = new Set(places.map((place) => plan.blockOf[place]?.block));
      expect(used.size).toBe(1);
      blocks.add([...used][0] ?? -1);
    }
    expect(blocks.size).toBeGreaterThan(70);
  });
});

const seed = Date.now();
test(`any picture: free places of the type only, as many as asked, none twice; none only when too few (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: fc.constantFrom('a', 'A', 'x', 's', 'm', 'l', 'b'), minLength: 1, maxLength: 25 }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      fc.string(),
      (rows, quantity, adjacent, holdId) => {
        const letters = rows.join('');
        const free = [...letters].flatMap((letter, place) => ('aAml'.includes(letter) ? [place] : []));
        const rowOf = rows.flatMap((row, number) => [...row].map(() => number));
        const chosen = choose(
          picture(rows, [seated('a'), seated('b')]),
          wanted(quantity, { adjacent, random: seededRandom(holdId) }),
        );
        if (chosen === undefined) {
          const together = free.some((first) =>
            Array.from({ length: quantity }, (_, n) => first + n).every(
              (place) => free.includes(place) && rowOf[place] === rowOf[first],
            ),
          );
          expect(adjacent ? together : free.length >= quantity).toBe(false);
          return;
        }
        expect(chosen).toHaveLength(quantity);
        expect(chosen).toEqual([...new Set(chosen)].toSorted((a, b) => a - b));
        for (const place of chosen) expect(free).toContain(place);
        if (adjacent) expect(chosen.at(-1)! - chosen[0]!).toBe(quantity - 1);
      },
    ),
    { seed, numRuns: 1_000 },
  );
});
