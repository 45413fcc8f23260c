import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeasuredOrders } from '../../../bench/order-cost.ts';
import type { OrderCounts, OrderUsage } from '../../../bench/order-counts.ts';
import { evening, measureOrder } from '../../../bench/order-usage.ts';
import { type BenchPlatform, startPlatform } from '../../../bench/platform.ts';

/**
 * What AWS bills of an order of one place, from its hold to the last thing that follows from it, counted on a platform
 * of its own on which nothing else happens. docs/cost.md makes dollars of it.
 */
let platform: BenchPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const countsOf = ({ ms, callsOf, loggedBytes, ...counts }: OrderUsage): OrderCounts => counts;

const recorded = JSON.parse(
  readFileSync(new URL('../../../bench/order-usage.json', import.meta.url), 'utf8'),
) as MeasuredOrders;

const paid: OrderCounts = {
  requests: 3,
  calls: 29,
  readUnits: 14.5,
  writeUnits: 34,
  records: {
    'admission-relay': 1,
    'leads-outgrown': 1,
    'notifications-mail': 1,
    'orders-commands': 2,
    'orders-machine': 1,
    'orders-relay': 8,
    'orders-settlement': 1,
    'ticketing-commands': 1,
    'ticketing-hold-expiry': 1,
    'ticketing-relay': 4,
  },
  transitions: 2,
  events: 5,
  messages: 4,
  signatures: 1,
  mails: 1,
};

const free: OrderCounts = {
  requests: 2,
  calls: 18,
  readUnits: 10.5,
  writeUnits: 22,
  records: {
    'admission-relay': 1,
    'leads-outgrown': 1,
    'notifications-mail': 1,
    'orders-commands': 1,
    'orders-relay': 1,
    'orders-settlement': 1,
    'ticketing-commands': 1,
    'ticketing-hold-expiry': 1,
    'ticketing-relay': 4,
  },
  transitions: 0,
  events: 5,
  messages: 4,
  signatures: 1,
  mails: 1,
};

test('a paid order and a free one use exactly this, and the page of costs is of it', async () => {
  const sale = await evening(platform);
  // The first order of a session is also the first of which is asked to which event it belongs.
  const first = { ...paid, calls: paid.calls + 1, readUnits: paid.readUnits + 1 };
  expect(countsOf(await measureOrder(platform, sale, 'paid'))).toEqual(first);
  expect(countsOf(await measureOrder(platform, sale, 'free'))).toEqual(free);
  expect(countsOf(recorded.usage.paid)).toEqual(paid);
  expect(countsOf(recorded.usage.free)).toEqual(free);
});
