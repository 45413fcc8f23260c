import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { type OrdersWorld, sell, startOrders } from './harness.ts';

/** What becomes of an order by each way of paying, and by none. */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());
afterEach(() => world.ticketing.clock.run());

const seconds = (): number => Math.floor(Date.now() / 1_000);
const typesOf = (told: readonly LifecycleEvent[], orderId: string) =>
  told.filter(({ data }) => (data as { orderId?: string }).orderId === orderId).map(({ type }) => type);
/** An order of some seats of a new session. */
const ordered = async (...names: string[]) => {
  const sessionId = await sell(world);
  const holdId = await world.hold(sessionId, { seats: names });
  const { id } = (await world.order([holdId])).body;
  return { sessionId, holdId, id: id as string };
};
const paymentAtProvider = async (orderId: string): Promise<unknown> => {
  const { payment } = await world.get(orderId);
  const item = await world.table.get({ pk: `TEST-PAYMENT#${payment?.paymentId}`, sk: 'PAYMENT' });
  return item?.['status'];
};

test('card_ok: confirmed in the request, with tickets; then the money is captured, and again changes nothing', async () => {
  const { sessionId, holdId, id } = await ordered('1-1', '1-2');
  const paid = await world.pay(id, 'card_ok');
  expect([paid.status, paid.body.status, paid.body.payment.status]).toEqual([202, 'confirmed', 'authorized']);
  expect(paid.body.tickets.map(({ status, place }: Record<string, string>) => [place, status])).toEqual([
    ['1-1', 'valid'],
    ['1-2', 'valid'],
  ]);
  expect(await world.placesOf(sessionId)).toMatchObject({ '1-1': 'sold', '1-2': 'sold' });
  const [first] = await world.ticketsOf(id);
  expect(first).toMatchObject({
    orderId: id,
    sessionId,
    ticketTypeName: 'a',
    holders: [{ name: 'Ana Pop', email: 'ana@example.com' }],
    status: 'valid',
    revision: 1,
  });
  expect((await world.ticketing.call('getHold', { params: { holdId } })).body.status).toBe('confirmed');
  expect(await paymentAtProvider(id)).toBe('authorized');

  expect(typesOf(await world.settle(), id)).toEqual(['ORDER-CREATED', 'ORDER-CONFIRMED']);
  expect(await paymentAtProvider(id)).toBe('captured');
  const order = await world.get(id);
  expect([order.payment?.status, order.captured, order.refunded]).toEqual(['captured', 9_000, 0]);
  for (const event of world.ticketing.outbox.filter(({ aggregate }) => aggregate.id === id))
    if (event.type !== 'ORDER-CREATED') expect(await world.settlement({ detail: event })).toBe(true);
  expect(await world.get(id)).toEqual(order);
});

test('card_declined: the order ends, its holds live on, and another order of them can be paid', async () => {
  const { sessionId, holdId, id } = await ordered('1-1');
  const paid = await world.pay(id, 'card_declined');
  expect([paid.body.status, paid.body.cancelReason, paid.body.payment.status]).toEqual([
    'cancelled',
    'payment_failed',
    'declined',
  ]);
  expect(typesOf(await world.settle(), id)).toEqual(['ORDER-CREATED', 'ORDER-CANCELLED']);
  expect((await world.placesOf(sessionId))['1-1']).toBe('held');
  const again = await world.order([holdId]);
  expect((await world.pay(again.body.id, 'card_ok')).body.status).toBe('confirmed');
});

test('card_slow: confirmed when the news comes after three seconds; asked before that it waits on', async () => {
  const { id } = await ordered('1-1');
  expect((await world.pay(id, 'card_slow')).body.status).toBe('awaiting_payment');
  expect(world.ticketing.messages.at(-1)?.delaySeconds).toBe(3);
  await world.deliverNews();
  expect((await world.get(id)).status).toBe('awaiting_payment');
  expect(world.ticketing.messages.at(-1)?.delaySeconds).toBeLessThanOrEqual(3);
  world.ticketing.clock.skip(3);
  await world.deliverNews();
  expect((await world.get(id)).status).toBe('confirmed');
  // The first way of paying counts, and the order is past it.
  expect((await world.pay(id, 'card_declined')).body.code).toBe('TRANSITION_NOT_ALLOWED');
});

describe('card_late: authorized when the hold has lapsed', () => {
  test('the same places are taken while they are free', async () => {
    const { sessionId, id } = await ordered('1-1');
    await world.pay(id, 'card_late');
    expect(world.ticketing.messages.at(-1)?.delaySeconds).toBeGreaterThan(598);
    world.ticketing.clock.skip(602);
    await world.deliverNews();
    expect((await world.get(id)).status).toBe('confirmed');
    expect((await world.placesOf(sessionId))['1-1']).toBe('sold');
  });

  test('places that somebody else has by then are lost: voided, told, and the next best are held', async () => {
    const { sessionId, id } = await ordered('1-1', '1-2');
    await world.pay(id, 'card_late');
    world.ticketing.clock.skip(602);
    const other = await world.hold(sessionId, { seats: ['1-2'] });
    await world.deliverNews();
    expect(await world.get(id)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'places_lost',
      payment: { status: 'authorized' },
    });
    expect(await world.ticketsOf(id)).toEqual([]);
    expect(typesOf(await world.settle(), id)).toEqual(['ORDER-CREATED', 'ORDER-CANCELLED']);
    expect(await paymentAtProvider(id)).toBe('voided');
    const { offeredHoldIds = [], captured } = await world.get(id);
    expect([offeredHoldIds.length, captured]).toEqual([1, 0]);
    const offered = await world.ticketing.call('getHold', { params: { holdId: offeredHoldIds[0] ?? '' } });
    expect([offered.body.status, offered.body.places.length]).toEqual(['active', 2]);
    expect(offered.body.places.map(({ place }: { place: string }) => place)).not.toContain('1-2');
    expect((await world.ticketing.call('getHold', { params: { holdId: other } })).body.status).toBe('active');
  });

  test('nothing is offered when too few places are left', async () => {
    const { sessionId, id } = await ordered('1-1', '1-2');
    await world.pay(id, 'card_late');
    world.ticketing.clock.skip(602);
    await world.hold(sessionId, { seats: ['1-2', '1-3', '1-4', '1-5', '1-6'] });
    await world.deliverNews();
    await world.settle();
    expect((await world.get(id)).offeredHoldIds).toEqual([]);
  });
});

describe('the machine of an order', () => {
  test('is started once, named by the order, for as long as it may be paid', async () => {
    world.ticketing.clock.stopAt(Date.now());
    const { id } = await ordered('1-1');
    await world.settle();
    const { payBy } = await world.get(id);
    expect(payBy).toBe(seconds() + 600 + 60);
    expect(world.executions.get(id)).toEqual({
      name: id,
      input: { orderId: id, payBy, timeoutSeconds: 661 },
    });
  });

  test('token before the end: the settlement answers it', async () => {
    const { id } = await ordered('1-1');
    await world.settle();
    await world.task('await', id, `token of ${id}`);
    await world.pay(id, 'card_ok');
    await world.settle();
    expect(world.answered.filter(({ taskToken }) => taskToken === `token of ${id}`)).toEqual([
      { taskToken: `token of ${id}`, output: { orderId: id, status: 'confirmed' } },
    ]);
  });

  test('token after the end: it is answered at once', async () => {
    const { id } = await ordered('1-1');
    await world.pay(id, 'card_declined');
    await world.settle();
    await world.task('await', id, `token of ${id}`);
    expect(world.answered.filter(({ taskToken }) => taskToken === `token of ${id}`)).toEqual([
      { taskToken: `token of ${id}`, output: { orderId: id, status: 'cancelled' } },
    ]);
  });

  test('card_never: timed out after its deadline, not before; the payment is given up', async () => {
    const { sessionId, id } = await ordered('1-1');
    await world.pay(id, 'card_never');
    await world.settle();
    const { payBy = 0 } = await world.get(id);
    world.ticketing.clock.stopAt(payBy * 1_000 + 999);
    await expect(world.task('timeOut', id)).rejects.toThrow(`may be paid until ${payBy}`);
    world.ticketing.clock.stopAt((payBy + 1) * 1_000);
    expect(await world.task('timeOut', id)).toEqual({ kind: 'over', status: 'cancelled' });
    expect(await world.task('timeOut', id)).toEqual({ kind: 'over', status: 'cancelled' });
    expect(await world.get(id)).toMatchObject({ status: 'cancelled', cancelReason: 'payment_timeout' });
    await world.settle();
    expect(await paymentAtProvider(id)).toBe('voided');
    world.ticketing.clock.run();
    expect((await world.placesOf(sessionId))['1-1']).toBe('available');
  });

  test('money that was set aside in time, of which no news came, takes the places at the deadline', async () => {
    const { id } = await ordered('1-1');
    await world.pay(id, 'card_slow');
    const { payBy = 0 } = await world.get(id);
    world.ticketing.clock.stopAt((payBy + 1) * 1_000);
    expect(await world.task('timeOut', id)).toEqual({ kind: 'over', status: 'confirmed' });
  });

  test('a confirmed order is not timed out', async () => {
    const { id } = await ordered('1-1');
    await world.pay(id, 'card_ok');
    world.ticketing.clock.skip(700);
    expect(await world.task('timeOut', id)).toEqual({ kind: 'over', status: 'confirmed' });
  });
});

describe('money that comes for an order that has ended', () => {
  /** An order that was timed out, whose payment the provider says to be `status` after all. */
  const late = async (status: 'authorized' | 'captured') => {
    const { id } = await ordered('1-1');
    const order = await world.get(id);
    await world.call('cancelOrder', { params: { orderId: id } });
    const key = { pk: `TEST-PAYMENT#${order.payment?.paymentId}`, sk: 'PAYMENT' };
    await world.table.update(key, {
      update: 'SET #status = :status',
      names: { '#status': 'status' },
      values: { ':status': status },
    });
    const { paymentId = '' } = order.payment ?? {};
    const question = { kind: 'payment', provider: 'test', paymentId, payableId: id, at: seconds() };
    world.ticketing.messages.push({
      queueUrl: process.env['PAYMENT_NEWS_QUEUE_URL'] ?? '',
      body: JSON.stringify(question),
      delaySeconds: 0,
    });
    await world.deliverNews();
    return id;
  };

  test('set aside: told as late, and voided', async () => {
    const id = await late('authorized');
    expect(await world.get(id)).toMatchObject({ status: 'cancelled', payment: { status: 'authorized' } });
    expect(typesOf(await world.settle(), id)).toEqual([
      'ORDER-CREATED',
      'ORDER-CANCELLED',
      'ORDER-PAYMENT-LATE',
    ]);
    expect(await paymentAtProvider(id)).toBe('voided');
    expect((await world.get(id)).payment?.status).toBe('voided');
  });

  test('taken: told as late, and refunded in full, once', async () => {
    const id = await late('captured');
    expect(typesOf(await world.settle(), id)).toEqual([
      'ORDER-CREATED',
      'ORDER-CANCELLED',
      'ORDER-PAYMENT-LATE',
      'REFUND-REQUESTED',
      'REFUND-SUCCEEDED',
    ]);
    const { body } = await world.call('getOrder', { params: { orderId: id } });
    expect([body.status, body.refunded.amount, body.payment.status]).toEqual([
      'cancelled',
      4_500,
      'captured',
    ]);
    expect(body.refunds).toMatchObject([
      { status: 'succeeded', amount: { amount: 4_500, currency: 'EUR' }, reason: 'customer', ticketIds: [] },
    ]);
  });
});
