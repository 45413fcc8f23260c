import { percentile } from '../local/demo/statistics.ts';
import { drawChart } from './chart.ts';
import type { LoadResult } from './load.ts';
import type { Measured } from './measured.ts';
import type { Run } from './results.ts';

/** `min / median / max` */
export const spread = (values: readonly number[], digits = 0): string =>
  [0, 0.5, 1]
    .map((share) =>
      percentile(values, share).toLocaleString('en', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
    )
    .join(' / ');

export const pick = <T>(runs: readonly T[], of: (run: T) => number): readonly number[] => runs.map(of);
export const rate = (runs: readonly LoadResult[]): string => spread(pick(runs, (run) => run.perSecond));
export const median = <T>(runs: readonly T[], of: (run: T) => number): number =>
  percentile(pick(runs, of), 0.5);
const cpu = (runs: readonly Measured[], part: keyof Measured['cpuMs']): string =>
  median(runs, (run) => run.cpuMs[part]).toFixed(2);

const cpuParts = ['gateway', 'handlers', 'reactions', 'helpers', 'engine'] as const;

const costParts = ['calls', 'writeUnits', 'readUnits'] as const;

/** Processor time, and calls and units, of a request: two cells of a table. */
export const costCells = (runs: readonly Measured[]): string =>
  `${cpuParts.map((part) => cpu(runs, part)).join(' + ')} | ${costParts.map((part) => median(runs, ({ cost }) => cost[part]).toFixed(2)).join(', ')}`;

/** The heads of these cells. */
export const costHeads =
  'CPU ms a request: gateway, handlers, reactions, helpers, engine | calls, write units, read units a request';

/** Three cells: p50, p95 and p99. */
export const timeCells = (runs: readonly LoadResult[]): string =>
  [(run: LoadResult) => run.p50Ms, (run: LoadResult) => run.p95Ms, (run: LoadResult) => run.p99Ms]
    .map((of) => spread(pick(runs, of)))
    .join(' | ');

export const colors = {
  gateway: '#1f77b4',
  handlers: '#2ca02c',
  reactions: '#9467bd',
  helpers: '#bcbd22',
  engine: '#7f7f7f',
} as const;

/** A row of a chart with one bar. */
export const bar = (label: string, value: number, color: string) => ({ label, parts: [{ value, color }] });

/** Processor time of a request of each scenario, by part. */
export const drawCpu = (scenarios: Run['scenarios']): string => {
  const rows = scenarios.map(({ name, runs }) => ({
    label: name,
    parts: cpuParts.map((part) => ({ value: median(runs, ({ cpuMs }) => cpuMs[part]), color: colors[part] })),
  }));
  const legend = cpuParts.map((part) => ({ name: part, color: colors[part] }));
  return drawChart('CPU of a request, ms, median', rows, 2, legend);
};
