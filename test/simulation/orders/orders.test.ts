import { expect, test } from 'vitest';
import { faultNames } from '../coverage.ts';
import { storyOf } from '../shrink.ts';
import { ordersWorker, simulate } from '../threads.ts';
import { callNames, happenings, noCoverage, unreached } from './coverage.ts';
import { orderSimulation } from './order-simulation.ts';

const schedules = 1_000;

/** The same in every run, so that a change is what makes it fail; `npm run simulate -- --orders` looks elsewhere. */
const seed = 1;

/** What so few schedules need not reach: faults in the rare offer of other places to who lost theirs. */
const rare = ['get HOLD', 'query blocks', 'put HOLD', 'transact HOLD'];

test(`${schedules} schedules of orders from one seed break no invariant and come to every end`, async () => {
  const { found, coverage, schedules: done } = await simulate({ seed, schedules, worker: ordersWorker });
  expect(await storyOf(orderSimulation, found), `from seed ${seed}`).toBe('');
  expect(done).toBe(schedules);
  const missing = new Set(unreached(coverage));
  expect(
    happenings.filter((name) => missing.has(name)),
    `from seed ${seed}`,
  ).toEqual([]);
  const calls = callNames.filter((name) => !rare.includes(name));
  expect(
    calls.filter((name) => faultNames.every((fault) => missing.has(`${name} × ${fault}`))),
    `from seed ${seed}`,
  ).toEqual([]);
}, 240_000);

test('a seed gives one run: the same steps, the same timeline', async () => {
  for (const seed of [1, 77, 4_711]) {
    const run = () =>
      orderSimulation.runHistory(orderSimulation.historyOf(seed), {
        coverage: noCoverage(),
        isRecording: true,
      });
    expect(await run()).toEqual(await run());
  }
});
