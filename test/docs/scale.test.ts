import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { demandOf, quotas } from '../../bench/scale.ts';
import { designSale, scaleTables } from '../../bench/scale-page.ts';
import { shardCount } from '../../functions/ticketing/block-plan.ts';
import { functionTable } from '../../lib/function-table.ts';

test('the page shows what the arithmetic says', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/scale.md'), 'utf8');
  expect(page).toContain(`<!-- tables -->\n${scaleTables(designSale)}\n<!-- end of tables -->`);
});

test.for([
  [1, 1],
  [600, 1],
  [2_500, 1],
  [2_501, 2],
  [10_000, 4],
  [40_000, 16],
  [100_000, 16],
] as const)('%i places are spread over %i shards', ([places, shards]) => {
  expect(shardCount(places)).toBe(shards);
});

test('at the peak that it is designed for, no limit that cannot be raised is reached', () => {
  const demand = demandOf(designSale);
  expect(demand).toEqual({
    shards: 16,
    writesPerShard: 625,
    tableWrites: 20_000,
    lambdaConcurrency: 150,
    gatewayRequests: 10_000,
    eventEntries: 10_000,
  });
  expect(demand.writesPerShard).toBeLessThan(quotas.writesPerPartition);
  expect(demand.lambdaConcurrency).toBeLessThan(functionTable['ticketing-commands'].reservedConcurrency);
});
