/**
 * npm run bench [-- --repeats 3 --seconds 5 --part tickets|trucks --only TEXT]
 *
 * Measures the embedded platform, and PostgreSQL in the same run, and writes bench/results.json,
 * docs/benchmarks.md and docs/images/bench-*.svg; of one part, the other’s last figures stay. With `--only`, which takes
 * scenarios by their names, it writes nothing. Linux only: CPU is read from /proc.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureColdStarts } from './cold-start.ts';
import { leadScenarios, warmUpTrucks } from './lead-scenarios.ts';
import { load } from './load.ts';
import type { Measured, Scenario } from './measured.ts';
import { type BenchPlatform, holdRequest, startPlatform } from './platform.ts';
import { type ReferenceResult, runReference } from './reference/run.ts';
import { runTruckReference, type TruckReferenceResult } from './reference/run-trucks.ts';
import { drawCharts, renderReport } from './report.ts';
import type { Results, Run, TicketResults, TruckResults } from './results.ts';
import { scenarios } from './scenarios.ts';
import { measureSdkCall } from './sdk-call.ts';

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    part: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
  },
});
const parts = ['tickets', 'trucks'];
if (!['', ...parts].includes(values.part)) {
  console.error(`--part is one of ${parts.join(', ')}, not ${values.part}`);
  process.exit(2);
}
const repeats = Number(values.repeats);
const seconds = Number(values.seconds);
const warmUpSeconds = 10;
const root = path.join(import.meta.dirname, '..');
const resultsFile = path.join(root, 'bench/results.json');

/** Runs scenarios on a fresh platform for each repeat. */
const runAll = async (
  all: readonly Scenario[],
  before: () => Promise<void>,
  warmUp: (platform: BenchPlatform) => Promise<void>,
): Promise<Run> => {
  const chosen = all.filter(({ name }) => name.includes(values.only));
  const runs = new Map<string, Measured[]>(chosen.map(({ name }) => [name, []]));
  for (let repeat = 1; repeat <= repeats && chosen.length > 0; repeat += 1) {
    console.log(`repeat ${repeat} of ${repeats}`);
    await before();
    const platform = await startPlatform();
    try {
      await warmUp(platform);
      for (const scenario of chosen) {
        const result = await scenario.run(platform, seconds);
        runs.get(scenario.name)?.push(result);
        console.log(
          `  ${scenario.name}: ${result.perSecond.toFixed(0)}/s, p50 ${result.p50Ms.toFixed(0)} ms, p99 ${result.p99Ms.toFixed(0)} ms (${result.checked})`,
        );
      }
    } finally {
      await platform.stop();
    }
  }
  return {
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.availableParallelism(),
      node: process.version,
      at: new Date().toISOString(),
    },
    repeats,
    scenarios: chosen.map(({ name, what }) => ({ name, what, runs: runs.get(name) ?? [] })),
  };
};

const benchTickets = async (): Promise<TicketResults> => {
  const reference: ReferenceResult[] = [];
  const run = await runAll(
    scenarios,
    async () => {
      const measured = await runReference(seconds, 2);
      if (measured === undefined) return;
      reference.push(measured);
      console.log(`  PostgreSQL ${measured.version}: ${measured.holds.perSecond.toFixed(0)} holds/s`);
    },
    async (platform) => {
      const { sessionId, seats } = await platform.sellStadium(40_000);
      await load({
        origin: platform.origin,
        connections: 32,
        seconds: warmUpSeconds,
        next: (count) => holdRequest(sessionId, { seats: [seats[count]] }),
      });
    },
  );
  console.log('cold starts');
  return { ...run, reference, sdkCallMs: await measureSdkCall(), coldStarts: await measureColdStarts(20) };
};

const benchTrucks = async (): Promise<TruckResults> => {
  const reference: TruckReferenceResult[] = [];
  const run = await runAll(
    leadScenarios,
    async () => {
      const measured = await runTruckReference(seconds);
      if (measured === undefined) return;
      reference.push(measured);
      console.log(
        `  PostgreSQL ${measured.version}: ${measured.loads.manyTrucks.perSecond.toFixed(0)} leads/s`,
      );
    },
    (platform) => warmUpTrucks(platform, warmUpSeconds),
  );
  return { ...run, reference };
};

const known = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
const results: Results = {
  tickets: values.part === 'trucks' ? known.tickets : await benchTickets(),
  trucks: values.part === 'tickets' ? known.trucks : await benchTrucks(),
};
if (values.only === '') {
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(path.join(root, 'docs/benchmarks.md'), renderReport(results));
  for (const [file, svg] of drawCharts(results)) writeFileSync(path.join(root, 'docs/images', file), svg);
  console.log('written: docs/benchmarks.md');
}
