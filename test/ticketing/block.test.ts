import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyRule,
  type Block,
  claimedUntil,
  hasLapsed,
  ownKeys,
  placeKey,
  placeState,
  type Rule,
  reachesUntil,
  rules,
  takenKeys,
} from '../../functions/ticketing/block.ts';
import { arbitraryBlock, arbitraryInput } from './block-arbitrary.ts';

const now = 100;
const until = 700;
const block = (text: 'free' | 'sold' | { h: string; u: number }): Block =>
  text === 'free'
    ? { sold: new Set(), held: {} }
    : text === 'sold'
      ? { sold: new Set(['0']), held: {} }
      : { sold: new Set(), held: { 0: text } };

describe('what each rule does with one place, at second 100', () => {
  const claimed = { sold: [], held: { 0: { h: 'me', u: 700 } } };
  const freed = { sold: [], held: {} };
  const sold = { sold: ['0'], held: {} };
  const no = 'refused';

  test.each([
    //  the place before                claim    claimWithHold  extend   release  confirm takeBack
    ['free', block('free'), claimed, claimed, no, no, sold, no],
    ['held by another, its last second', block({ h: 'you', u: 100 }), no, no, no, no, no, no],
    ['held by another, long', block({ h: 'you', u: 9_999 }), no, no, no, no, no, no],
    ['held by another, lapsed', block({ h: 'you', u: 99 }), claimed, claimed, no, no, sold, no],
    ['mine, its last second', block({ h: 'me', u: 100 }), no, claimed, claimed, freed, sold, no],
    ['mine, as far as asked', block({ h: 'me', u: 700 }), no, claimed, claimed, freed, sold, no],
    ['mine, lapsed', block({ h: 'me', u: 99 }), claimed, claimed, no, freed, sold, no],
    ['sold', block('sold'), no, no, no, no, no, freed],
  ])('%s', (_, before, claim, claimWithHold, extend, release, confirm, takeBack) => {
    const verdict = (rule: Rule) => {
      const result = applyRule(rule, before, { keys: ['0'], holdId: 'me', now, until });
      return result.applied ? { sold: [...result.block.sold], held: result.block.held } : no;
    };
    expect({
      claim: verdict(rules.claim),
      claimWithHold: verdict(rules.claimWithHold),
      extend: verdict(rules.extend),
      release: verdict(rules.release),
      confirm: verdict(rules.confirm),
      takeBack: verdict(rules.takeBack),
    }).toEqual({ claim, claimWithHold, extend, release, confirm, takeBack });
  });

  test('an order takes the places of several holds from one block: each is its own hold’s, or free', () => {
    const held = { 0: { h: 'me', u: 700 }, 1: { h: 'mine too', u: 700 } };
    const input = { keys: ['0', '1', '2'], holdId: 'me', now, until };
    expect(applyRule(rules.confirm, { sold: new Set(), held }, input)).toEqual({
      applied: false,
      refused: ['1'],
    });
    expect(
      applyRule(rules.confirm, { sold: new Set(), held }, { ...input, holdOf: { 1: 'mine too' } }),
    ).toEqual({ applied: true, block: { sold: new Set(['0', '1', '2']), held: {} } });
    // What is one hold’s is not another’s, though the order has both.
    expect(
      applyRule(rules.confirm, { sold: new Set(), held }, { ...input, holdOf: { 0: 'mine too', 1: 'me' } }),
    ).toEqual({ applied: false, refused: ['0', '1'] });
  });

  test('a claim that was extended meanwhile is not shortened by a repeat of claim or extend', () => {
    const extended = block({ h: 'me', u: 701 });
    for (const rule of [rules.claim, rules.extend]) {
      expect(applyRule(rule, extended, { keys: ['0'], holdId: 'me', now, until })).toEqual({
        applied: false,
        refused: ['0'],
      });
    }
  });
});

test('all places or none, and the refusal names those that stand in the way', () => {
  const before: Block = { sold: new Set(['3']), held: { 1: { h: 'you', u: 100 }, 2: { h: 'you', u: 99 } } };
  expect(applyRule(rules.claim, before, { keys: ['0', '1', '2', '3'], holdId: 'me', now, until })).toEqual({
    applied: false,
    refused: ['1', '3'],
  });
  expect(applyRule(rules.claim, before, { keys: ['0', '2'], holdId: 'me', now, until })).toEqual({
    applied: true,
    block: {
      sold: new Set(['3']),
      held: { 0: { h: 'me', u: 700 }, 1: { h: 'you', u: 100 }, 2: { h: 'me', u: 700 } },
    },
  });
});

test('a claim holds in its last second and has lapsed in the next', () => {
  expect(hasLapsed({ h: 'x', u: 100 }, 99)).toBe(false);
  expect(hasLapsed({ h: 'x', u: 100 }, 100)).toBe(false);
  expect(hasLapsed({ h: 'x', u: 100 }, 101)).toBe(true);
});

test('a place is sold, else held while its claim holds, else available', () => {
  const seen: Block = { sold: new Set(['0', '1']), held: { 1: { h: 'x', u: 900 }, 2: { h: 'x', u: 100 } } };
  expect(['0', '1', '2', '3'].map((key) => placeState(seen, key, 100))).toEqual([
    'sold',
    'sold',
    'held',
    'available',
  ]);
  expect(placeState(seen, '2', 101)).toBe('available');
});

test('keys of the twenty places of a block are one character each', () => {
  expect(Array.from({ length: 20 }, (_, index) => placeKey(index)).join('')).toBe('0123456789abcdefghij');
});

test('what a refusal says about the places asked for', () => {
  const seen: Block = {
    sold: new Set(['0']),
    held: { 1: { h: 'me', u: 200 }, 2: { h: 'you', u: 200 }, 3: { h: 'you', u: 50 }, 4: { h: 'me', u: 50 } },
  };
  expect(takenKeys(seen, ['0', '1', '2', '3', '4', '5'], 'me', 100)).toEqual(['0', '2']);
  expect(ownKeys(seen, ['0', '1', '2', '3', '4', '5'], 'me')).toEqual(['1', '4']);
  expect(claimedUntil(seen, ['1'], 'me', 200)).toBe(200);
  expect(claimedUntil(seen, ['1'], 'me', 201)).toBeUndefined();
  expect(claimedUntil(seen, ['1', '4'], 'me', 100)).toBeUndefined();
  expect(claimedUntil(seen, ['1', '2'], 'me', 100)).toBeUndefined();
  expect(claimedUntil({ ...seen, sold: new Set(['1']) }, ['1'], 'me', 100)).toBeUndefined();
  const input = { holdId: 'me', now: 100, until: 200 };
  expect(reachesUntil(seen, { ...input, keys: ['1'] })).toBe(true);
  expect(reachesUntil(seen, { ...input, keys: ['1'], until: 201 })).toBe(false);
  expect(reachesUntil(seen, { ...input, keys: ['1', '4'], until: 20 })).toBe(false);
  expect(reachesUntil(seen, { ...input, keys: ['2'] })).toBe(false);
});

describe('for every block and every claim', () => {
  const seed = Date.now();

  test(`no rule takes a place from somebody whose claim holds, or but for a refund one that is sold (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        arbitraryBlock,
        arbitraryInput,
        fc.constantFrom(...Object.values(rules)),
        (before, input, rule) => {
          const result = applyRule(rule, before, input);
          if (!result.applied) return;
          for (const [key, claim] of Object.entries(before.held)) {
            if (claim.h === input.holdId || claim.u < input.now || before.sold.has(key)) continue;
            expect(result.block.held[key]).toEqual(claim);
            expect(result.block.sold.has(key)).toBe(false);
          }
          for (const key of before.sold) {
            const isTakenBack = rule === rules.takeBack && input.keys.includes(key);
            expect(result.block.sold.has(key)).toBe(!isTakenBack);
          }
        },
      ),
      { seed, numRuns: 5_000 },
    );
  });

  test(`only the places asked for change (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        arbitraryBlock,
        arbitraryInput,
        fc.constantFrom(...Object.values(rules)),
        (before, input, rule) => {
          const result = applyRule(rule, before, input);
          if (!result.applied) return;
          for (let index = 0; index < 20; index += 1) {
            const key = placeKey(index);
            if (input.keys.includes(key)) continue;
            expect(result.block.held[key]).toEqual(before.held[key]);
            expect(result.block.sold.has(key)).toBe(before.sold.has(key));
          }
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });

  test(`the same claim again is refused and recognised as one’s own (seed ${seed})`, () => {
    fc.assert(
      fc.property(arbitraryBlock, arbitraryInput, (before, input) => {
        fc.pre(input.until >= input.now);
        const first = applyRule(rules.claim, before, input);
        if (!first.applied) return;
        expect(applyRule(rules.claim, first.block, input).applied).toBe(false);
        expect(claimedUntil(first.block, input.keys, input.holdId, input.now)).toBe(input.until);
        const released = applyRule(rules.release, first.block, input);
        expect(
          released.applied && claimedUntil(released.block, input.keys, input.holdId, input.now),
        ).toBeUndefined();
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
