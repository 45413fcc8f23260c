import { percentile } from '../local/demo/statistics.ts';
import { drawChart } from './chart.ts';
import { flowConnections, flowsName } from './flow-load.ts';
import type { LoadResult } from './load.ts';
import {
  bar,
  colors,
  costCells,
  costHeads,
  drawCpu,
  median,
  pick,
  rate,
  spread,
  timeCells,
} from './report-tables.ts';
import type { Results } from './results.ts';
import { drawTruckCharts, renderTrucks } from './truck-report.ts';

const comparison = 'hold one given seat, 64 connections';

/** The page of figures. */
export const renderReport = ({ tickets, trucks }: Results): string => {
  const { machine, scenarios, reference, coldStarts, repeats, sdkCallMs } = tickets;
  const ours = scenarios.find(({ name }) => name === comparison)?.runs ?? [];
  const holdsOf = reference.map(({ holds }) => holds);
  const ratio = median(ours, (run) => run.perSecond) / median(holdsOf, (run) => run.perSecond);
  const flowRows = flowConnections.map((connections) => ({
    connections,
    ours: scenarios.find(({ name }) => name === flowsName(connections))?.runs ?? [],
    theirs: reference.flatMap(({ flows }) => flows.filter((flow) => flow.connections === connections)),
  }));
  const flowRate = (runs: readonly { readonly flowsPerSecond?: number }[]): string =>
    spread(pick(runs, ({ flowsPerSecond = 0 }) => flowsPerSecond));
  const flowLine = (
    who: string,
    connections: number,
    runs: readonly (LoadResult & { readonly flowsPerSecond?: number })[],
  ) =>
    `| ${who}, hold, order and pay, ${connections} connections | ${flowRate(runs)} | ${spread(pick(runs, (run) => run.p50Ms))} | ${spread(pick(runs, (run) => run.p99Ms))} |`;
  const hello = coldStarts.find(({ name }) => name === 'hello world');
  const helloMs =
    hello === undefined ? [] : hello.initMs.map((init, index) => init + (hello.firstMs[index] ?? 0));
  return `<!-- Written by \`npm run bench\`. -->

# Benchmarks

\`npm run bench\` on ${machine.cores} cores (${machine.cpu}), Node ${machine.node.slice(1)}, ${machine.at.slice(0, 10)}; ${repeats} repeats, each on a fresh platform
after a warm-up. Customers, gateway, functions and database engine share the machine. Every figure is
min / median / max of the repeats. Numbers of shared machines are noisy: what counts is the ratio to what ran in the same minute.

## The platform

| scenario | requests/s | p50 ms | p95 ms | p99 ms | ${costHeads} | and it was so |
|---|---|---|---|---|---|---|---|
${scenarios
  .map(
    ({ name, runs }) =>
      `| ${name} | ${rate(runs)} | ${timeCells(runs)} | ${costCells(runs)} | ${runs.at(-1)?.checked ?? ''} |`,
  )
  .join('\n')}

"gateway" is the main thread: HTTP, API Gateway's part, queues, pollers. "handlers" are the threads of the API's functions: our
code and the AWS SDK. "reactions" are the relay that tells of each hold, and consumers. "helpers" are V8's and libuv's: garbage
collection, compilation. Of orders, all that follows is in it, to the last message. Calls and units are summed from the functions' logs; those of each operation are exact and asserted
in \`test/ticketing/cost.test.ts\` and \`test/orders/cost.test.ts\`; what an order costs in all is on a [page of its own](cost.md). One write by the SDK, measured alone in this run, takes ${sdkCallMs.toFixed(2)} ms of CPU (its middleware,
JSON, Node's HTTP client): ${(2 * sdkCallMs).toFixed(2)} ms of the handlers' share of a hold.

![Requests a second](images/bench-rates.svg)

![CPU of a request, by part](images/bench-cpu.svg)

## Against PostgreSQL, in the same run

${
  reference.length === 0
    ? 'Not run: the system has no PostgreSQL.'
    : `\`bench/reference/postgres.ts\`: one Node process, row locks, PostgreSQL ${reference[0]?.version} with default settings, its data where ours is.

| | a second | p50 ms of a request | p99 ms |
|---|---|---|---|
| PostgreSQL, holds, 64 connections | ${rate(holdsOf)} | ${spread(pick(holdsOf, (run) => run.p50Ms))} | ${spread(pick(holdsOf, (run) => run.p99Ms))} |
| Fairground, holds, 64 connections | ${rate(ours)} | ${spread(pick(ours, (run) => run.p50Ms))} | ${spread(pick(ours, (run) => run.p99Ms))} |
${flowRows
  .flatMap(({ connections, ours, theirs }) => [
    flowLine('PostgreSQL', connections, theirs),
    flowLine('Fairground', connections, ours),
  ])
  .join('\n')}

**Ratio of holds ${ratio.toFixed(2)}** (the target is 1), of flows ${flowRows.map(({ connections, ours, theirs }) => `${(median(ours, ({ flowsPerSecond = 0 }) => flowsPerSecond) / median(theirs, ({ flowsPerSecond }) => flowsPerSecond)).toFixed(2)} at ${connections} connections`).join(', ')}.
A flow is three requests that write the same rows in both: hold, order with its line and payment, and payment with places sold, ticket
issued, money captured after the answer. In the same seconds Fairground also runs a machine for each order, publishes five lifecycle
events, and draws and mails a ticket as PDF; the reference does nothing of the kind. What stands between is said in [scale](scale.md#what-stands-between).`
}

${renderTrucks(trucks)}
## Cold starts

Init and first request in a fresh process, ${coldStarts[0]?.initMs.length ?? 0} each, min / median; the budget is hello world + 100 ms in all.

| function | first request | init ms | first request ms | over hello world, median ms |
|---|---|---|---|---|
${coldStarts
  .map(({ name, request, initMs, firstMs }) => {
    const both = initMs.map((init, index) => init + (firstMs[index] ?? 0));
    const over = percentile(both, 0.5) - percentile(helloMs, 0.5);
    return `| ${name} | ${request} | ${percentile(initMs, 0).toFixed(1)} / ${percentile(initMs, 0.5).toFixed(1)} | ${percentile(firstMs, 0).toFixed(1)} / ${percentile(firstMs, 0.5).toFixed(1)} | ${over.toFixed(0)} |`;
  })
  .join('\n')}
`;
};

/** Charts of the report, by file. */
export const drawCharts = ({
  tickets: { scenarios, reference },
  trucks,
}: Results): ReadonlyMap<string, string> => {
  const ours = scenarios.map(({ name, runs }) =>
    bar(
      name,
      median(runs, (run) => run.perSecond),
      colors.gateway,
    ),
  );
  const theirs =
    reference.length === 0
      ? []
      : [
          bar(
            'PostgreSQL, holds, 64 connections',
            median(reference, ({ holds }) => holds.perSecond),
            colors.engine,
          ),
        ];
  return new Map([
    ['bench-rates.svg', drawChart('Requests a second, median', [...ours, ...theirs], 0)],
    ['bench-cpu.svg', drawCpu(scenarios)],
    ...drawTruckCharts(trucks),
  ]);
};
