import { drawChart } from './chart.ts';
import { type ComparedScenario, comparedScenarios } from './lead-scenarios.ts';
import { type LeadOperation, leadUnits } from './lead-units.ts';
import type { Measured } from './measured.ts';
import {
  bar,
  colors,
  costCells,
  costHeads,
  drawCpu,
  median,
  rate,
  spread,
  timeCells,
} from './report-tables.ts';
import type { TruckResults } from './results.ts';

const good = ({ goodPerSecond = 0 }: Measured): number => goodPerSecond;

const pairsOf = ({ scenarios, reference }: TruckResults) =>
  (Object.keys(comparedScenarios) as ComparedScenario[]).map((load) => {
    const { name } = comparedScenarios[load];
    return {
      name,
      ours: scenarios.find((scenario) => scenario.name === name)?.runs ?? [],
      theirs: reference.map(({ loads }) => loads[load]),
    };
  });

const comparison = (results: TruckResults): string => {
  const [first] = results.reference;
  if (first === undefined) return 'Not compared: the system has no PostgreSQL.';
  return `\`bench/reference/trucks.ts\`: PostgreSQL ${first.version}, whose exclusion constraint keeps each truck’s calendar free of overlaps; it
checks neither who asks nor the way, counts nothing, tells nobody.

| good answers a second | Fairground | PostgreSQL | ratio |
|---|---|---|---|
${pairsOf(results)
  .map(
    ({ name, ours, theirs }) =>
      `| ${name} | ${spread(ours.map(good))} | ${rate(theirs)} | ${(median(ours, good) / median(theirs, ({ perSecond }) => perSecond)).toFixed(2)} |`,
  )
  .join('\n')}`;
};

/** The table of what each request costs. */
export const unitsTable = (): string => `| request | calls | read units | write units |
|---|---|---|---|
${(Object.keys(leadUnits) as LeadOperation[])
  .map((operation) => {
    const { calls, readUnits, writeUnits } = leadUnits[operation];
    return `| ${operation} | ${calls} | ${readUnits} | ${writeUnits} |`;
  })
  .join('\n')}`;

/** The part of the page that is about trucks. */
export const renderTrucks = (results: TruckResults): string => {
  const { machine, repeats, scenarios } = results;
  return `## Food trucks

\`npm run bench -- --part trucks\`, ${machine.at.slice(0, 10)}; ${repeats === 1 ? 'one repeat' : `${repeats} repeats`} on ${machine.cores} cores (${machine.cpu}). All trucks, and briefs for the requests, are put into the
table before; a scenario begins when the platform has dealt with them. A good answer is a lead, or a refusal that says what stands
in the way; whoever is told to come back (503) has none yet. Processor time has all that follows from a lead: its machine,
lifecycle events, mails.

| scenario | good answers/s | requests/s | p50 ms | p95 ms | p99 ms | ${costHeads} | and it was so |
|---|---|---|---|---|---|---|---|---|
${scenarios
  .map(
    ({ name, runs }) =>
      `| ${name} | ${spread(runs.map(good))} | ${rate(runs)} | ${timeCells(runs)} | ${costCells(runs)} | ${runs.at(-1)?.checked ?? ''} |`,
  )
  .join('\n')}

![Good answers a second](images/bench-trucks-rates.svg)

![CPU of a request about trucks, by part](images/bench-trucks-cpu.svg)

A full month is 88 KB. The embedded engine takes 0.2 ms of processor time to read a kilobyte (18 ms in all, measured alone); in AWS
what counts are the units. What limits one truck there is said in [scale](scale.md#one-truck-that-everybody-wants).

### Against PostgreSQL, in the same run

${comparison(results)}

### What each request costs

Whole, with the read of who asks; exact, and asserted in \`test/marketplace/cost.test.ts\`.

${unitsTable()}
`;
};

/** Charts of this part, by file. */
export const drawTruckCharts = (results: TruckResults): readonly (readonly [string, string])[] => {
  const { scenarios } = results;
  const ours = scenarios.map(({ name, runs }) => bar(name, median(runs, good), colors.gateway));
  const theirs = pairsOf(results)
    .filter((pair) => pair.theirs.length > 0)
    .map(({ name, theirs: runs }) =>
      bar(
        `PostgreSQL, ${name}`,
        median(runs, ({ perSecond }) => perSecond),
        colors.engine,
      ),
    );
  return [
    ['bench-trucks-rates.svg', drawChart('Good answers a second, median', [...ours, ...theirs], 0)],
    ['bench-trucks-cpu.svg', drawCpu(scenarios)],
  ];
};
