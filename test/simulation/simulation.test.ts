import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item } from '../../functions/platform/table.ts';
import { applyRule, type Block, rules } from '../../functions/ticketing/block.ts';
import { toExpression } from '../../functions/ticketing/block-expression.ts';
import { requestSeconds, saleMaxAgeMs, sweepDelaySeconds } from '../../functions/ticketing/sales.ts';
import { functionTable } from '../../lib/function-table.ts';
import { arbitraryBlock, arbitraryInput } from '../ticketing/block-arbitrary.ts';
import { noCoverage, unreached } from './coverage.ts';
import { historyOf } from './history.ts';
import { holdSimulation } from './hold-simulation.ts';
import { storyOf } from './shrink.ts';
import { openSimulatedTable } from './table.ts';
import { holdsWorker, simulate } from './threads.ts';
import { runHistory } from './world.ts';

const schedules = 12_000;

/** The same in every run, so that a change is what makes it fail; `npm run simulate` looks elsewhere. */
const seed = 1;

test(`${schedules} schedules from one seed break no invariant and reach every step × fault`, async () => {
  const { found, coverage, schedules: done } = await simulate({ seed, schedules, worker: holdsWorker });
  expect(await storyOf(holdSimulation, found), `from seed ${seed}`).toBe('');
  expect(done).toBe(schedules);
  expect(unreached(coverage), `from seed ${seed}`).toEqual([]);
}, 240_000);

test('a seed gives one run: the same steps, the same timeline', async () => {
  for (const seed of [1, 77, 4_711]) {
    const run = () => runHistory(historyOf(seed), { coverage: noCoverage(), isRecording: true });
    expect(await run()).toEqual(await run());
  }
});

test.each(Object.keys(rules) as (keyof typeof rules)[])(
  'the table in memory evaluates %s as the rule says, which a test holds the engine to',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(arbitraryBlock, arbitraryInput, async (block: Block, input) => {
        const key = { pk: 'B', sk: 'BLOCK' };
        const table = openSimulatedTable({
          initial: [{ ...key, held: block.held, ...(block.sold.size > 0 && { sold: block.sold }) }],
          onCommit: () => {},
          seesOld: () => false,
        });
        const expected = applyRule(rules[name], block, input);
        const written = await table.update<Item>(key, toExpression(rules[name], input));
        expect(written.written).toBe(expected.applied);
        const after = table.peek(key);
        expect({ sold: new Set(after?.['sold'] as Set<string> | undefined), held: after?.['held'] }).toEqual(
          expected.applied ? expected.block : { ...block, sold: new Set(block.sold) },
        );
      }),
      { numRuns: 300 },
    );
  },
);

test('a request lasts no longer than the simulation, and the sweep, think', () => {
  expect(functionTable['ticketing-commands'].timeout.toSeconds()).toBe(requestSeconds);
  expect(sweepDelaySeconds).toBeGreaterThan(saleMaxAgeMs / 1_000 + requestSeconds);
});
