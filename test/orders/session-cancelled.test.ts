import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  decideUndo,
  type UndoBatch,
  undoBatch,
  undoOrder,
} from '../../functions/orders/cancel-session-orders.ts';
import { refundsOfCancellation } from '../../functions/orders/cancellation-refunds.ts';
import type { OrderStatus } from '../../functions/orders/order.ts';
import { sessionListKey } from '../../functions/orders/order-store.ts';
import { openPromoCodes } from '../../functions/orders/promo-store.ts';
import { countList } from '../../functions/orders/session-index.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { Change } from '../../functions/platform/lifecycle-event.ts';
import { slots, typeId } from '../ticketing/harness.ts';
import { type OrdersWorld, sell, startOrders } from './harness.ts';

/** A session is cancelled: all its orders are undone, and their money goes back. */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());
afterEach(() => world.ticketing.clock.run());

const stamp = (what: string): Change => ({
  what,
  by: 'system:test',
  requestId: randomId('req'),
  at: new Date().toISOString(),
});
const tables = { ticketing: 'ticketing', admission: 'admission' };
const ports = () => ({
  orders: world.orders,
  tables,
  countOrders: (sessionId: string) => countList(world.table, sessionListKey(sessionId)),
});

/** Runs the batches one after the other, as the queue does; gives how many orders each began after. */
const undoAll = async (sessionId: string): Promise<readonly number[]> => {
  const batches: UndoBatch[] = [{ sessionId, done: 0 }];
  // As it comes through the queue.
  for (const batch of batches)
    await undoBatch(
      ports(),
      JSON.parse(JSON.stringify(batch)),
      async (next) => void batches.push(next),
      stamp,
    );
  return batches.map(({ done }) => done);
};
const ordered = async (sessionId: string, seat: string, method?: string): Promise<string> => {
  const { id } = (await world.order([await world.hold(sessionId, { seats: [seat] })])).body;
  if (method !== undefined) await world.pay(id, method);
  return id;
};

test('paid, not captured yet, free and unpaid orders all end; who was charged is refunded, tickets are void', async () => {
  const sessionId = await sell(world);
  const captured = await ordered(sessionId, '1-1', 'card_ok');
  await world.settle();
  const authorized = await ordered(sessionId, '1-2', 'card_ok');
  const open = await ordered(sessionId, '1-3');
  const free = await ordered(sessionId, '2-1');
  const declined = await ordered(sessionId, '1-4', 'card_declined');
  expect(await undoAll(sessionId)).toEqual([0]);
  await world.settle();

  const view = async (id: string) => {
    const { status, cancelReason, payment, captured: taken, refunded } = await world.get(id);
    return [status, cancelReason, payment?.status, taken, refunded];
  };
  expect(await view(captured)).toEqual(['cancelled', 'session_cancelled', 'captured', 4_500, 4_500]);
  expect(await view(authorized)).toEqual(['cancelled', 'session_cancelled', 'voided', 0, 0]);
  expect(await view(open)).toEqual(['cancelled', 'session_cancelled', 'voided', 0, 0]);
  expect(await view(free)).toEqual(['cancelled', 'session_cancelled', undefined, 0, 0]);
  expect(await view(declined)).toEqual(['cancelled', 'payment_failed', 'declined', 0, 0]);
  for (const id of [captured, authorized, free])
    expect((await world.ticketsOf(id)).map(({ status }) => status)).toEqual(['cancelled']);
  const { body } = await world.call('getOrder', { params: { orderId: captured } });
  expect(body.refunds).toMatchObject([{ status: 'succeeded', reason: 'session_cancelled' }]);
  expect(await world.orders.getCancellation(sessionId)).toMatchObject({
    status: 'done',
    orders: 5,
    total: 5,
  });
  expect(await refundsOfCancellation(world.table, sessionId)).toEqual({
    counts: { requested: 0, pending: 0, succeeded: 1, failed: 0 },
    failed: [],
  });

  // Again, as after a crash: nothing changes.
  const before = await view(captured);
  await undoAll(sessionId);
  await world.settle();
  expect(await view(captured)).toEqual(before);
});

test('of an order with places of two sessions, the part of the cancelled one is refunded', async () => {
  const organizationId = randomId('org');
  const [one, two] = [await sell(world, { organizationId }), await sell(world, { organizationId })];
  const holds = [await world.hold(one, { seats: ['1-1'] }), await world.hold(two, { seats: ['1-1', '1-2'] })];
  const { id } = (await world.order(holds)).body;
  await world.pay(id, 'card_ok');
  await expect(undoOrder(ports(), id, two, stamp)).rejects.toThrow('is not captured yet');
  await world.settle();
  await undoOrder(ports(), id, two, stamp);
  await undoOrder(ports(), id, two, stamp);
  await world.settle();
  const order = await world.get(id);
  expect([order.status, order.captured, order.refunded]).toEqual(['confirmed', 13_500, 9_000]);
  expect(order.items.map(({ status }) => status)).toEqual(['valid', 'cancelled', 'cancelled']);
  // When the other session is cancelled too, what is left goes back.
  await undoOrder(ports(), id, one, stamp);
  await world.settle();
  const undone = await world.get(id);
  expect([undone.status, undone.refunded]).toEqual(['cancelled', 13_500]);
  // Each refund counts for the session that it is for.
  for (const sessionId of [one, two])
    expect((await refundsOfCancellation(world.table, sessionId)).counts.succeeded).toBe(1);
});

test('an order that is undone with its session gives its use of a promo code back, once', async () => {
  const { sessionId, sale, event } = world.ticketing.announce({ ticketTypes: [slots('pit', 3)] });
  await world.ticketing.deliver('inventory-builder', event('SESSION-PUBLISHING', 2));
  const { eventId } = sale as { readonly eventId: string };
  const hold = await world.hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 1 });
  const codes = openPromoCodes(world.table);
  await codes.create(
    {
      eventId,
      organizationId: 'org_1',
      code: 'ONCE',
      discount: { basisPoints: 1_000 },
      maxUses: 1,
      isActive: true,
    },
    { at: '2026-01-01T00:00:00.000Z', requestHash: 'h' },
    stamp('promoCode.created'),
  );
  const { id } = (await world.order([hold], { promoCode: 'ONCE' })).body;
  await world.pay(id, 'card_ok');
  await world.settle();
  const usesNow = async () => (await codes.get({ eventId, code: 'ONCE' }))?.uses;
  expect([(await world.get(id)).status, await usesNow()]).toEqual(['confirmed', 1]);
  for (let run = 0; run < 2; run += 1) {
    await undoOrder(ports(), id, sessionId, stamp);
    expect([(await world.get(id)).status, await usesNow()]).toEqual(['cancelled', 0]);
  }
});

test('many orders in batches of 25; one that was cut off is repeated, and progress never goes back', async () => {
  const sessionId = await world.ticketing.sell({
    ticketTypes: [{ ...slots('pit', 60), price: { amount: 0, currency: 'EUR' } }],
  });
  for (let index = 0; index < 30; index += 1)
    await world.order([await world.hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 1 })]);
  let next: UndoBatch | undefined;
  const keep = async (batch: UndoBatch): Promise<void> => {
    next = batch;
  };
  const first = () => undoBatch(ports(), { sessionId, done: 0 }, keep, stamp);
  await first();
  expect(next?.done).toBe(25);
  expect(await world.orders.getCancellation(sessionId)).toMatchObject({
    status: 'running',
    orders: 25,
    total: 30,
  });
  expect(next?.total).toBe(30);
  expect(await undoAll(sessionId)).toEqual([0, 25]);
  await first();
  expect(await world.orders.getCancellation(sessionId)).toMatchObject({ status: 'done', orders: 30 });
  const { orders } = await world.orders.ofSession(sessionId, { limit: 100 });
  expect(orders.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 'cancelled'));
});

describe('what an order of a cancelled session comes to', () => {
  const item = (sessionId: string, status: string) => ({ sessionId, status }) as never;
  test.each<[string, OrderStatus, unknown[], string]>([
    ['it waits', 'pending', [item('s', 'open')], 'cancel'],
    ['it waits for its payment', 'awaiting_payment', [item('s', 'open')], 'cancel'],
    ['it has ended', 'cancelled', [item('s', 'open')], 'nothing'],
    ['all is of the session', 'confirmed', [item('s', 'valid')], 'undo'],
    ['the rest was refunded', 'confirmed', [item('s', 'valid'), item('t', 'refunded')], 'undo'],
    ['a part is', 'confirmed', [item('s', 'valid'), item('t', 'valid')], 'refund_part'],
    ['its part was refunded', 'confirmed', [item('s', 'refunded'), item('t', 'valid')], 'nothing'],
  ])('%s', (_, status, items, expected) => {
    expect(decideUndo({ status, items: items as never }, 's')).toBe(expected);
  });
});
