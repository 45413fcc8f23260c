import { expect, test } from 'vitest';
import { faultNames } from '../coverage.ts';
import { storyOf } from '../shrink.ts';
import { leadsWorker, simulate } from '../threads.ts';
import { callNames, happenings, noCoverage, unreached } from './coverage.ts';
import { leadSimulation } from './lead-simulation.ts';

const schedules = 1_000;

/** The same in every run, so that a change is what makes it fail; `npm run simulate -- --leads` looks elsewhere. */
const seed = 1;

test(`${schedules} schedules of leads from one seed break no invariant and come to every end`, async () => {
  const { found, coverage, schedules: done } = await simulate({ seed, schedules, worker: leadsWorker });
  expect(await storyOf(leadSimulation, found), `from seed ${seed}`).toBe('');
  expect(done).toBe(schedules);
  const missing = new Set(unreached(coverage));
  expect(
    happenings.filter((name) => missing.has(name)),
    `from seed ${seed}`,
  ).toEqual([]);
  expect(
    callNames.filter((name) => faultNames.every((fault) => missing.has(`${name} × ${fault}`))),
    `from seed ${seed}`,
  ).toEqual([]);
}, 240_000);

test('a seed gives one run: the same steps, the same timeline', async () => {
  for (const seed of [1, 77, 4_711]) {
    const run = () =>
      leadSimulation.runHistory(leadSimulation.historyOf(seed), {
        coverage: noCoverage(),
        isRecording: true,
      });
    expect(await run()).toEqual(await run());
  }
});
