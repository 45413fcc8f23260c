import {
  type CostLine,
  invocationsOf,
  type MeasuredOrders,
  mailDollars,
  orderCost,
  targets,
  totalOf,
} from './order-cost.ts';
import type { OrderUsage } from './order-counts.ts';
import { asOf, prices, region } from './prices.ts';

const number = (value: number, most = 2): string =>
  value.toLocaleString('en', { maximumFractionDigits: most });
const dollars = (value: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The tables of docs/cost.md. */
export const costTables = ({ machine, orders, usage: { paid, free } }: MeasuredOrders): string => {
  const [paidLines, freeLines] = [orderCost(paid), orderCost(free)];
  const count = (what: string, of: (usage: OrderUsage) => number): string =>
    `| ${what} | ${number(of(paid))} | ${number(of(free))} |`;
  const names = [...new Set([...Object.keys(paid.records), ...Object.keys(free.records)])].toSorted();
  const sum = (what: string, paidDollars: number, freeDollars: number): string =>
    `| ${what} | | | ${dollars(paidDollars)} | ${dollars(freeDollars)} |`;
  const [paidTotal, freeTotal] = [totalOf(paidLines), totalOf(freeLines)];
  const without = (...left: readonly (keyof typeof prices)[]): [number, number] => {
    const rest = (lines: readonly CostLine[]) => totalOf(lines.filter(({ price }) => !left.includes(price)));
    return [rest(paidLines), rest(freeLines)];
  };
  const verdict = (total: number, target: number): string =>
    total <= target ? 'met' : `missed by ${dollars(total - target)}`;
  return `| one order of one place | paid | free |
|---|---|---|
${count('requests of the API', ({ requests }) => requests)}
${count('calls to DynamoDB', ({ calls }) => calls)}
${count('write units', ({ writeUnits }) => writeUnits)}
${count('read units', ({ readUnits }) => readUnits)}
${count('state transitions', ({ transitions }) => transitions)}
${count('lifecycle events', ({ events }) => events)}
${count('messages in queues', ({ messages }) => messages)}
${count('signatures by KMS', ({ signatures }) => signatures)}
${count('mails', ({ mails }) => mails)}
${count('invocations, at worst', invocationsOf)}

| dollars of a million orders | price | units of a paid order | paid | free |
|---|---|---|---|---|
${paidLines
  .map(
    ({ what, price, units, dollars: paidDollars }, index) =>
      `| [${what}](${prices[price].page}) | ${number(prices[price].dollars, 7)} a million ${prices[price].unit} | ${number(units, 4)} | ${dollars(paidDollars)} | ${dollars(freeLines[index]?.dollars ?? 0)} |`,
  )
  .join('\n')}
${sum('**all services but mail**', paidTotal, freeTotal)}
${sum('without the line of Step Functions', ...without('transition'))}
${sum('without the lines of Step Functions and KMS', ...without('transition', 'signature'))}
| target | | | ${targets.paid}: ${verdict(paidTotal, targets.paid)} | ${targets.free}: ${verdict(freeTotal, targets.free)} |
| [SES](${prices.mail.page}), apart | ${number(prices.mail.dollars)} a million ${prices.mail.unit} | ${number(paid.mails)} | ${dollars(mailDollars(paid))} | ${dollars(mailDollars(free))} |

List prices of ${region} on ${asOf}, first tier, without free tiers; the page of each is behind its name.

| function | invocations of a paid order, at worst | ms each | of a free order | ms each |
|---|---|---|---|---|
${names
  .map((name) => {
    const of = ({ records, ms }: OrderUsage) =>
      records[name] === undefined ? ' | ' : `${records[name]} | ${(ms[name] ?? 0).toFixed(1)}`;
    return `| ${name} | ${of(paid)} | ${of(free)} |`;
  })
  .join('\n')}

Times are medians of ${orders} orders of each kind, one after the other on the embedded platform: ${machine.cores} cores (${machine.cpu}),
Node ${machine.node.slice(1)}, ${machine.at.slice(0, 10)}.`;
};
