import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentScope, inScope } from '../../functions/platform/request-scope.ts';
import { hall } from '../ticketing/hall.ts';
import { seats } from '../ticketing/harness.ts';
import { type OrdersWorld, startOrders } from './harness.ts';

/**
 * What orders cost, from `ReturnConsumedCapacity`: calls to DynamoDB and capacity units of the request that the
 * customer waits for. A write of a transaction counts twice (DynamoDB’s price list), each kilobyte of an item once.
 */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());

const row = Array.from({ length: 20 }, (_, seat) => `1-${seat + 1}`);

/** A hold of a session that the functions have read already. */
const held = async (names: readonly string[], amount: number): Promise<string> => {
  const sessionId = await world.ticketing.sell({
    layout: hall(['a'.repeat(20), 'a']),
    ticketTypes: [{ ...seats('a'), price: { amount, currency: 'EUR' } }],
  });
  await world.order([await world.hold(sessionId, { seats: ['2-1'] })]);
  return world.hold(sessionId, { seats: names });
};

test.each([
  [
    'one place',
    row.slice(0, 1),
    { calls: 4, readUnits: 1, writeUnits: 6 },
    { calls: 3, readUnits: 1, writeUnits: 12 },
  ],
  [
    'twenty places of one block',
    row,
    { calls: 4, readUnits: 1, writeUnits: 19 },
    { calls: 3, readUnits: 2, writeUnits: 81 },
  ],
])(
  'a paid order of %s: read the holds, put, payment at the test provider, its note; paid by one transaction',
  async (_, names, creating, paying) => {
    const holdId = await held(names, 4_500);
    const made = await world.order([holdId]);
    expect(made.status).toBe(201);
    // Of these, one is the order’s place in the list of its session, one its mark as outstanding.
    expect(world.ticketing.cost()).toEqual(creating);
    expect((await world.pay(made.body.id, 'card_ok')).body.status).toBe('confirmed');
    // The order, the payment at the test provider, the transaction (a ticket is also put into its session’s index).
    expect(world.ticketing.cost()).toEqual(paying);
  },
);

test('the note of a capture takes the mark off: one unit more than any other note, in the same write', async () => {
  const { body } = await world.order([await held(row.slice(0, 1), 4_500)]);
  await world.pay(body.id, 'card_ok');
  const note = async (status: 'authorized' | 'captured') => {
    const order = await world.get(body.id);
    if (order.payment === undefined) throw new Error('No payment');
    const change = { what: 'noted', by: 'test', requestId: status, at: order.createdAt };
    const payment = { ...order.payment, status };
    return inScope({ requestId: 'r', traceparent: undefined }, async () => {
      await world.orders.change(order, undefined, { payment }, change);
      return currentScope()?.cost;
    });
  };
  expect(await note('authorized')).toEqual({ calls: 1, readUnits: 0, writeUnits: 2 });
  expect(await note('captured')).toEqual({ calls: 1, readUnits: 0, writeUnits: 3 });
  expect(await note('captured')).toEqual({ calls: 1, readUnits: 0, writeUnits: 2 });
});

test.each([
  ['one place', row.slice(0, 1), { calls: 2, readUnits: 1, writeUnits: 10 }],
  ['twenty places of one block', row, { calls: 2, readUnits: 1, writeUnits: 81 }],
])('a free order of %s: read the holds, one transaction', async (_, names, creating) => {
  const holdId = await held(names, 0);
  const made = await world.order([holdId], { payment: undefined });
  expect([made.status, made.body.status]).toEqual([201, 'confirmed']);
  expect(world.ticketing.cost()).toEqual(creating);
});
