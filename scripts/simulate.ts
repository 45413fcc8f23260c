/**
 * Simulates the hold protocol under faults: `npm run simulate -- --schedules 1000000 --seed 1`. Ends with 1 and
 * a timeline when a schedule breaks an invariant; `--replay SEED` shows one schedule, `--whole` unshrunk.
 */
import { parseArgs } from 'node:util';

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
const { coverageReport, noCoverage, unreached } = await import('../test/simulation/coverage.ts');
const { historyOf } = await import('../test/simulation/history.ts');
const { invariants } = await import('../test/simulation/referee.ts');
const { shrink, timelineOf } = await import('../test/simulation/shrink.ts');
const { simulate } = await import('../test/simulation/threads.ts');
const { runHistory } = await import('../test/simulation/world.ts');

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '50000' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    whole: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
  },
});

const show = async (seed: number): Promise<void> => {
  const history = historyOf(seed);
  const { violation } = await runHistory(history, { coverage: noCoverage(), isRecording: false });
  if (violation === undefined) {
    console.log((await timelineOf(history)).join('\n'));
    console.log(`\nSeed ${seed} breaks nothing.`);
    return;
  }
  const shown = values.whole ? history : await shrink(history);
  console.log(`\nSeed ${seed} breaks: ${invariants[violation.invariant]}`);
  console.log(`${history.steps.length} steps, shrunk to ${shown.steps.length}:\n`);
  console.log((await timelineOf(shown)).join('\n'));
  console.log(`\nAgain: npm run simulate -- --replay ${seed}`);
};

if (values.replay !== undefined) {
  await show(Number(values.replay));
} else {
  const schedules = Number(values.schedules);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  console.log(`${schedules} schedules from seed ${seed}`);
  const startedAt = performance.now();
  const rateAt = (done: number): string => {
    const seconds = (performance.now() - startedAt) / 1_000;
    return `${done} schedules in ${seconds.toFixed(1)} s, ${Math.round(done / seconds)} a second`;
  };
  let toldAt = startedAt;
  const result = await simulate({ seed, schedules }, (done) => {
    if (performance.now() - toldAt < 10_000) return;
    toldAt = performance.now();
    console.log(rateAt(done));
  });
  console.log(`${rateAt(result.schedules)}, ${result.steps} steps before the calm`);
  if (result.found !== undefined) {
    await show(result.found.seed);
    process.exitCode = 1;
  } else {
    console.log('No invariant was broken.');
    const missing = unreached(result.coverage);
    console.log(
      missing.length === 0 ? 'Every step × fault was reached.' : `Not reached: ${missing.join('; ')}`,
    );
    if (values.coverage) console.log(`\n${coverageReport(result.coverage)}`);
  }
}
