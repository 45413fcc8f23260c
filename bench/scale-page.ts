import { costPerMillionHolds, demandOf, hotTruckOf, quotas, type Sale } from './scale.ts';

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The tables of docs/scale.md. */
export const scaleTables = (sale: Sale): string => {
  const demand = demandOf(sale);
  const cost = costPerMillionHolds(sale);
  const total = Object.values(cost).reduce((sum, dollars) => sum + dollars, 0);
  const row = (what: string, needs: number, quota: number, mover: string): string =>
    `| ${what} | ${number(needs)} | ${number(quota)} | ${number((needs / quota) * 100)} % | ${mover} |`;
  return `| a second of the peak | needs | limit | used | what moves it |
|---|---|---|---|---|
${row('API Gateway requests', demand.gatewayRequests, quotas.gatewayRequests, 'the account’s quota, then `throttle` in lib/settings.ts')}
${row('entries of PutEvents', demand.eventEntries, quotas.eventEntries, 'the account’s quota; behind it the stream waits, nothing is lost')}
${row(`writes on one of ${demand.shards} shards of blocks`, demand.writesPerShard, quotas.writesPerPartition, 'places per shard in functions/ticketing/block-plan.ts')}
${row('writes on the table', demand.tableWrites, quotas.tableWrites, 'the account’s quota; warm throughput for the hour of the sale')}
${row('Lambda invocations at once', demand.lambdaConcurrency, quotas.lambdaConcurrency, 'the account’s quota, then the reservation in lib/function-table.ts')}

| dollars of a million holds | |
|---|---|
| API Gateway | ${number(cost.gateway, 2)} |
| Lambda | ${number(cost.lambda, 2)} |
| DynamoDB | ${number(cost.database, 2)} |
| EventBridge | ${number(cost.events, 2)} |
| SQS, at worst | ${number(cost.queues, 2)} |
| **together** | **${number(total, 2)}** |
| 1,000 sessions of ${number(sale.places)} places in a day, a hold of two for each pair | ${number((total * 1_000 * (sale.places / 2)) / 1_000_000)} a day |`;
};

/** What one truck takes, for docs/scale.md. */
export const hotTruckTable =
  (): string => `| entries of the month | write units of a lead there | leads a second | read units of an availability | answers a second |
|---|---|---|---|---|
${hotTruckOf()
  .map(
    ({ entries, writeUnits, leadsPerSecond, readUnits, availabilityPerSecond }) =>
      `| ${entries} | ${writeUnits} | ${number(leadsPerSecond)} | ${readUnits} | ${number(availabilityPerSecond)} |`,
  )
  .join('\n')}`;

/** The sale that the page is about. */
export const designSale: Sale = { places: 40_000, buyersPerSecond: 10_000, holdMs: 15 };
