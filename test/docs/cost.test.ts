import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { costLineOf } from '../../bench/logged-cost.ts';
import {
  gbMsOf,
  invocationsOf,
  type MeasuredOrders,
  mailDollars,
  orderCost,
  totalOf,
} from '../../bench/order-cost.ts';
import { costTables } from '../../bench/order-cost-page.ts';
import { functionNameOf, type OrderUsage, usageBetween } from '../../bench/order-counts.ts';

const root = path.join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

test('the page shows what was measured and what the arithmetic makes of it', () => {
  const measured = JSON.parse(textOf('bench/order-usage.json')) as MeasuredOrders;
  expect(textOf('docs/cost.md')).toContain(
    `<!-- tables -->\n${costTables(measured)}\n<!-- end of tables -->`,
  );
});

const usage: OrderUsage = {
  requests: 3,
  calls: 4,
  readUnits: 8,
  writeUnits: 16,
  records: { 'orders-commands': 2, 'notifications-mail': 1 },
  transitions: 2,
  events: 5,
  messages: 3,
  signatures: 1,
  mails: 1,
  ms: { 'orders-commands': 20, 'notifications-mail': 100 },
  callsOf: { 'orders-commands': 4 },
  loggedBytes: 2_000,
};

test('a million orders cost each line’s units at its price', () => {
  const lines = orderCost(usage).map(({ what, units, dollars }) => [what, units, Number(dollars.toFixed(4))]);
  expect(lines).toEqual([
    ['Step Functions', 2, 50],
    ['KMS', 1, 15],
    ['DynamoDB, written', 16, 10],
    ['DynamoDB, read', 8, 1],
    ['API Gateway', 3, 10.5],
    ['EventBridge', 5, 5],
    ['SQS', 9, 3.6],
    ['Lambda, requests', 3, 0.6],
    // 2 × 20 ms on 1,024/1,769 of a processor and 4 calls of 5 ms, at 1 GB; 100 ms of a whole one at 1,769 MB.
    ['Lambda, time', 69.1015625 + 20 + 172.75390625, 3.4914],
    ['CloudWatch Logs', 0.002, 1],
  ]);
  expect(totalOf(orderCost(usage))).toBeCloseTo(100.1914, 4);
  expect(mailDollars(usage)).toBe(100);
});

test('each record is an invocation at worst, and every function must have been timed', () => {
  expect(invocationsOf({ records: { 'orders-relay': 8, 'orders-commands': 2 } })).toBe(10);
  expect(() => gbMsOf({ records: { 'orders-relay': 1 }, ms: {}, callsOf: {} })).toThrow(
    'orders-relay was not timed',
  );
});

test.for([
  ['Fairground-dev-App-OrdersRelayFunctionA5929404', 'orders-relay'],
  ['Fairground-dev-App-TicketingHoldExpiryFunction0536CFBB', 'ticketing-hold-expiry'],
] as const)('the function %s is %s', ([physical, name]) => {
  expect(functionNameOf(physical)).toBe(name);
});

test('usage between two snapshots is what was added, by the functions’ own names', () => {
  const relay = 'Fairground-dev-App-OrdersRelayFunctionA5929404';
  const mail = 'Fairground-dev-Notifications-NotificationsMailFunctionCB7C427A';
  const commands = 'Fairground-dev-App-OrdersCommandsFunction0536CFBB';
  const idle = 'Fairground-dev-App-CatalogRelayFunctionB7C427AA';
  const used = (invocations: number, records: number, ms: number) => ({
    memoryMb: 512,
    invocations,
    records,
    ms,
  });
  const before = {
    report: {
      functions: { [relay]: used(1, 2, 10), [idle]: used(7, 7, 7) },
      calls: { 'kms Sign': 1 },
      events: 3,
      deliveries: 1,
      transitions: 2,
    },
    costs: { 'orders-commands': { calls: 4, readUnits: 1, writeUnits: 7 } },
    bytes: 100,
  };
  const after = {
    report: {
      functions: {
        [relay]: used(3, 7, 30),
        [idle]: used(7, 7, 7),
        [mail]: used(1, 1, 80),
        [commands]: used(2, 2, 9),
      },
      calls: { 'kms Sign': 2, 'ses SendEmail': 1 },
      events: 8,
      deliveries: 3,
      transitions: 4,
    },
    costs: {
      'orders-commands': { calls: 11, readUnits: 3, writeUnits: 28 },
      'notifications-mail': { calls: 8, readUnits: 5, writeUnits: 7 },
    },
    bytes: 1_100,
  };
  expect(usageBetween(before, after)).toEqual({
    requests: 2,
    calls: 15,
    readUnits: 7,
    writeUnits: 28,
    records: { 'orders-relay': 5, 'notifications-mail': 1, 'orders-commands': 2 },
    transitions: 2,
    events: 5,
    messages: 1,
    signatures: 1,
    mails: 1,
    ms: { 'orders-relay': 10, 'notifications-mail': 80, 'orders-commands': 4.5 },
    callsOf: { 'orders-commands': 7, 'notifications-mail': 8 },
    loggedBytes: 1_000,
  });
});

test.for([
  [
    '{"level":"INFO","message":"request","service":"orders-commands","status":201,"calls":4,"readUnits":1,"writeUnits":7}',
    { function: 'orders-commands', kind: 'request', calls: 4, readUnits: 1, writeUnits: 7 },
  ],
  [
    '{"level":"INFO","message":"message","service":"orders-settlement","ms":9,"calls":5,"readUnits":3,"writeUnits":3}',
    { function: 'orders-settlement', kind: 'message', calls: 5, readUnits: 3, writeUnits: 3 },
  ],
  [
    '{"level":"INFO","message":"mail","service":"notifications-mail","template":"order-confirmed"}',
    undefined,
  ],
  ['(node:1) Warning: something', undefined],
] as const)('of the line %s of a log it reads %o', ([line, cost]) => {
  expect(costLineOf(line)).toEqual(cost);
});
