import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item, Table } from '../../functions/platform/table.ts';
import {
  applyRule,
  type Block,
  holdOfKey,
  placeKey,
  type Rule,
  type RuleInput,
  rules,
} from '../../functions/ticketing/block.ts';
import { toExpression } from '../../functions/ticketing/block-expression.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';
import { arbitraryBlock, arbitraryInput, arbitraryOrderInput } from './block-arbitrary.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('blocks');
});
afterAll(() => engine.stop());

let blocks = 0;
/** Stores a block as the platform does: no attribute for an empty set, which DynamoDB does not know. */
const store = async (block: Block) => {
  blocks += 1;
  const key = { pk: `B${blocks}`, sk: 'BLOCK' };
  await table.put({ ...key, held: block.held, ...(block.sold.size > 0 && { sold: block.sold }) }, {});
  return key;
};
const toBlock = (item: Item | undefined): Block => ({
  sold: new Set(item?.['sold'] as Set<string> | undefined),
  held: item?.['held'] as Block['held'],
});

const seed = Date.now();
const names = Object.keys(rules) as (keyof typeof rules)[];

describe(`the expression means what the function means, on the engine (seed ${seed})`, () => {
  test.each(names)(
    '%s: same verdict, same block after, and a refusal gives the block as it was',
    async (name) => {
      let applied = 0;
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(likely(name), async ([block, input]) => {
          const key = await store(block);
          const expected = applyRule(rules[name], block, input);
          const written = await table.update<Item>(key, toExpression(rules[name], input));
          expect(written.written).toBe(expected.applied);
          const seen = written.written ? written.item : written.old;
          expect(toBlock(seen)).toEqual(expected.applied ? expected.block : block);
          expect(toBlock(await table.get(key, { consistent: true }))).toEqual(toBlock(seen));
          if (expected.applied) applied += 1;
          else refused += 1;
        }),
        { seed, numRuns: 250 },
      );
      // The generator reaches both verdicts often enough to tell them apart.
      expect(Math.min(applied, refused)).toBeGreaterThan(10);
    },
  );

  test('histories of many rules on one block, in transactions too', async () => {
    const step = fc.record({
      rule: fc.constantFrom(...names),
      input: fc.oneof(arbitraryInput, few),
      inTransaction: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        let model: Block = { sold: new Set(), held: {} };
        const key = await store(model);
        for (const { rule, input, inTransaction } of steps) {
          const expected = applyRule(rules[rule], model, input);
          const by = toExpression(rules[rule], input);
          const { written } = inTransaction
            ? await table.transact([{ update: key, by }])
            : await table.update(key, by);
          expect(written).toBe(expected.applied);
          if (expected.applied) model = expected.block;
          expect(toBlock(await table.get(key, { consistent: true }))).toEqual(model);
        }
      }),
      { seed, numRuns: 60 },
    );
  });

  test.each(names)('%s of a block that does not exist is refused and creates nothing', async (name) => {
    const key = { pk: `missing-${name}`, sk: 'BLOCK' };
    const input: RuleInput = { keys: ['0'], holdId: 'me', now: 100, until: 200 };
    expect(await table.update(key, toExpression(rules[name], input))).toEqual({ written: false });
    expect(await table.get(key, { consistent: true })).toBeUndefined();
  });
});

test('twenty places stay within the limits of an expression (4 KB each, 300 operators)', () => {
  const keys = Array.from({ length: 20 }, (_, index) => placeKey(index));
  for (const rule of Object.values<Rule>(rules)) {
    const holdOf = Object.fromEntries(keys.map((key) => [key, `${key}`.repeat(26)]));
    const { update, condition = '' } = toExpression(rule, { keys, holdId: 'x', holdOf, now: 1, until: 2 });
    expect(update.length).toBeLessThan(4_096);
    expect(condition.length).toBeLessThan(4_096);
    const operators = `${update} ${condition}`.match(/AND|OR|NOT|contains|attribute_\w+|<=|>=|<|=|,/g) ?? [];
    expect(operators.length).toBeLessThan(300);
  }
});

/** One or two places: a claim of many would nearly always meet a taken one. */
const few: fc.Arbitrary<RuleInput> = fc
  .tuple(fc.oneof(arbitraryInput, arbitraryOrderInput), fc.integer({ min: 1, max: 2 }))
  .map(([input, count]) => ({ ...input, keys: input.keys.slice(0, count) }));

/**
 * The rules about own claims nearly never find one on a random block: half of the time the block gets the
 * hold’s claims on the places asked for, of any second at the boundary. Those about sold places get them sold.
 */
const likely = (name: keyof typeof rules): fc.Arbitrary<readonly [Block, RuleInput]> =>
  fc
    .record({
      block: arbitraryBlock,
      input: name === 'claim' ? fc.oneof(arbitraryInput, few) : few,
      ownUntil: fc.option(fc.integer({ min: -1, max: 1 })),
    })
    .map(({ block, input, ownUntil }) => {
      if (ownUntil === null) return [block, input];
      if (rules[name].condition === 'sold') return [{ ...block, sold: new Set(input.keys) }, input];
      const own = input.keys.map((key) => [key, { h: holdOfKey(input, key), u: input.now + ownUntil }]);
      return [{ ...block, held: { ...block.held, ...Object.fromEntries(own) } }, input];
    });
