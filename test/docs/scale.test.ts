import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { demandOf, hotTruckOf, quotas } from '../../bench/scale.ts';
import { designSale, hotTruckTable, scaleTables } from '../../bench/scale-page.ts';
import { unitsTable } from '../../bench/truck-report.ts';
import { shardCount } from '../../functions/ticketing/block-plan.ts';
import { functionTable } from '../../lib/function-table.ts';

const pageOf = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, `../../docs/${name}.md`), 'utf8');

test('the page shows what the arithmetic says', () => {
  expect(pageOf('scale')).toContain(`<!-- tables -->\n${scaleTables(designSale)}\n<!-- end of tables -->`);
});

test('what one truck takes follows from the units of its requests, which the page of benchmarks has', () => {
  expect(pageOf('scale')).toContain(`\n${hotTruckTable()}\n`);
  expect(pageOf('benchmarks')).toContain(`\n${unitsTable()}\n`);
  expect(hotTruckOf()).toEqual([
    { entries: 'none', writeUnits: 4, leadsPerSecond: 250, readUnits: 1.5, availabilityPerSecond: 2_000 },
    {
      entries: '30',
      writeUnits: 14,
      leadsPerSecond: 1_000 / 14,
      readUnits: 2,
      availabilityPerSecond: 1_500,
    },
    {
      entries: '500, all that it takes',
      writeUnits: 178,
      leadsPerSecond: 1_000 / 178,
      readUnits: 12,
      availabilityPerSecond: 250,
    },
  ]);
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
