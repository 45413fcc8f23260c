/**
 * Simulates the hold protocol under faults: `npm run simulate -- --schedules 1000000 --seed 1`; with `--orders`
 * orders, payments, refunds and check-in, with `--leads` leads, quotes, truck holds and deposits. Ends with 1 and a timeline when a schedule breaks an invariant;
 * `--replay SEED` shows one schedule, `--whole` unshrunk.
 */
import { parseArgs } from 'node:util';

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
const { shrink, timelineOf } = await import('../test/simulation/shrink.ts');
const { holdsWorker, leadsWorker, ordersWorker, simulate } = await import('../test/simulation/threads.ts');

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '50000' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    whole: { type: 'boolean', default: false },
    orders: { type: 'boolean', default: false },
    leads: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
  },
});

const holds = async () => ({
  ...(await import('../test/simulation/coverage.ts')),
  ...(await import('../test/simulation/referee.ts')),
  simulation: (await import('../test/simulation/hold-simulation.ts')).holdSimulation,
  worker: holdsWorker,
  option: '',
});
const orders = async () => ({
  ...(await import('../test/simulation/orders/coverage.ts')),
  ...(await import('../test/simulation/orders/referee.ts')),
  simulation: (await import('../test/simulation/orders/order-simulation.ts')).orderSimulation,
  worker: ordersWorker,
  option: '--orders ',
});
const leads = async () => ({
  ...(await import('../test/simulation/leads/coverage.ts')),
  ...(await import('../test/simulation/leads/referee.ts')),
  simulation: (await import('../test/simulation/leads/lead-simulation.ts')).leadSimulation,
  worker: leadsWorker,
  option: '--leads ',
});
const chosen = values.leads ? leads() : values.orders ? orders() : holds();
const { simulation, worker, option, unreached, coverageReport, ...referee } = await chosen;
const invariants: Readonly<Record<string, string>> = referee.invariants;

const show = async (seed: number): Promise<void> => {
  const history = simulation.historyOf(seed);
  const { violation } = await simulation.runHistory(history, {
    coverage: simulation.noCoverage(),
    isRecording: false,
  });
  if (violation === undefined) {
    console.log((await timelineOf(simulation, history)).join('\n'));
    console.log(`\nSeed ${seed} breaks nothing.`);
    return;
  }
  const shown = values.whole ? history : await shrink(simulation, history);
  console.log(`\nSeed ${seed} breaks: ${invariants[violation.invariant]}`);
  console.log(`${history.steps.length} steps, shrunk to ${shown.steps.length}:\n`);
  console.log((await timelineOf(simulation, shown)).join('\n'));
  console.log(`\nAgain: npm run simulate -- ${option}--replay ${seed}`);
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
  const result = await simulate({ seed, schedules, worker }, (done) => {
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
