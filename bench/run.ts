/**
 * npm run bench [-- --repeats 3 --seconds 5 --only TEXT]
 *
 * Measures the embedded platform, and PostgreSQL in the same run, and writes bench/results.json,
 * docs/benchmarks.md and docs/images/bench-*.svg. Linux only: CPU is read from /proc.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureColdStarts } from './cold-start.ts';
import { load } from './load.ts';
import type { Measured } from './measured.ts';
import { holdRequest, startPlatform } from './platform.ts';
import { type ReferenceResult, runReference } from './reference/run.ts';
import { drawCharts, renderReport } from './report.ts';
import type { Results } from './results.ts';
import { scenarios } from './scenarios.ts';
import { measureSdkCall } from './sdk-call.ts';

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const repeats = Number(values.repeats);
const seconds = Number(values.seconds);
const warmUpSeconds = 10;
const root = path.join(import.meta.dirname, '..');
const chosen = scenarios.filter(({ name }) => name.includes(values.only));

const reference: ReferenceResult[] = [];
const runs = new Map<string, Measured[]>(chosen.map(({ name }) => [name, []]));
for (let repeat = 1; repeat <= repeats; repeat += 1) {
  console.log(`repeat ${repeat} of ${repeats}`);
  const measured = await runReference(seconds, 2);
  if (measured !== undefined) {
    reference.push(measured);
    console.log(`  PostgreSQL ${measured.version}: ${measured.holds.perSecond.toFixed(0)} holds/s`);
  }
  const platform = await startPlatform();
  try {
    const { sessionId, seats } = await platform.sellStadium(40_000);
    await load({
      origin: platform.origin,
      connections: 32,
      seconds: warmUpSeconds,
      next: (count) => holdRequest(sessionId, { seats: [seats[count]] }),
    });
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
console.log('cold starts');
const results: Results = {
  machine: {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    node: process.version,
    at: new Date().toISOString(),
  },
  repeats,
  scenarios: chosen.map(({ name, what }) => ({ name, what, runs: runs.get(name) ?? [] })),
  reference,
  sdkCallMs: await measureSdkCall(),
  coldStarts: await measureColdStarts(20),
};
if (values.only === '') {
  writeFileSync(path.join(root, 'bench/results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(path.join(root, 'docs/benchmarks.md'), renderReport(results));
  for (const [file, svg] of drawCharts(results)) writeFileSync(path.join(root, 'docs/images', file), svg);
  console.log('written: docs/benchmarks.md');
}
