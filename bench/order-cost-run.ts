/**
 * npm run bench:orders [-- --orders 5]
 *
 * Measures what an order uses, alone on the embedded platform, and writes bench/order-usage.json and the tables of
 * docs/cost.md. Some twenty seconds for each order of a kind: holds must run out before the next.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../local/demo/statistics.ts';
import type { MeasuredOrders } from './order-cost.ts';
import { costTables } from './order-cost-page.ts';
import type { OrderKind, OrderUsage } from './order-counts.ts';
import { evening, measureOrder } from './order-usage.ts';
import { startPlatform } from './platform.ts';

const { values } = parseArgs({ options: { orders: { type: 'string', default: '5' } } });
const orders = Number(values.orders);
if (!Number.isInteger(orders) || orders < 1) throw new Error('--orders takes a whole number from 1');
const root = path.join(import.meta.dirname, '..');

/** The counts that all orders share, and medians of what is measured. */
const summarize = (usages: readonly OrderUsage[]): OrderUsage => {
  const [first] = usages;
  if (first === undefined) throw new Error('Nothing was measured');
  const countsOf = ({ ms, loggedBytes, ...counts }: OrderUsage): string => JSON.stringify(counts);
  for (const usage of usages)
    if (countsOf(usage) !== countsOf(first))
      throw new Error(`Orders differ: ${countsOf(usage)}, ${countsOf(first)}`);
  const median = (of: (usage: OrderUsage) => number): number => percentile(usages.map(of), 0.5);
  return {
    ...first,
    ms: Object.fromEntries(
      Object.keys(first.ms).map((name) => [name, Number(median(({ ms }) => ms[name] ?? 0).toFixed(1))]),
    ),
    loggedBytes: median(({ loggedBytes }) => loggedBytes),
  };
};

const platform = await startPlatform();
const usages: Record<OrderKind, OrderUsage[]> = { paid: [], free: [] };
try {
  const sale = await evening(platform);
  // The first of each kind starts its functions and is left out.
  for (let order = 0; order <= orders; order += 1) {
    for (const kind of ['paid', 'free'] as const) {
      const usage = await measureOrder(platform, sale, kind);
      console.log(`${kind}: ${usage.writeUnits} write units, ${usage.calls} calls`);
      if (order > 0) usages[kind].push(usage);
    }
  }
} finally {
  await platform.stop();
}
const measured: MeasuredOrders = {
  machine: {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    node: process.version,
    at: new Date().toISOString(),
  },
  orders,
  usage: { paid: summarize(usages.paid), free: summarize(usages.free) },
};
writeFileSync(path.join(root, 'bench/order-usage.json'), `${JSON.stringify(measured, null, 2)}\n`);
const page = path.join(root, 'docs/cost.md');
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(
    /<!-- tables -->[\s\S]*<!-- end of tables -->/,
    () => `<!-- tables -->\n${costTables(measured)}\n<!-- end of tables -->`,
  ),
);
console.log('written: bench/order-usage.json, docs/cost.md');
