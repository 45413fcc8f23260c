import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshKey, slots, typeId } from '../ticketing/harness.ts';
import { customer, type OrdersWorld, sell, startOrders } from './harness.ts';

let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());
afterEach(() => world.ticketing.clock.run());

const unknownHold = 'hld_00000000000000000000000000';

describe('an order that must be paid', () => {
  test('awaits its payment, with a line and an item for each place, and may be read by its id', async () => {
    const sessionId = await sell(world);
    world.ticketing.clock.stopAt(Date.UTC(2026, 10, 21, 12));
    const holdId = await world.hold(sessionId, { seats: ['1-1', '1-2'] });
    const made = await world.order([holdId], {
      customer: { ...customer, locale: 'ro' },
      attendees: [customer, { name: 'Ion Pop', email: 'ion@example.com' }],
    });
    expect(made.status).toBe(201);
    const { id, payment, items, ...order } = made.body;
    expect(order).toEqual({
      status: 'awaiting_payment',
      total: { amount: 9_000, currency: 'EUR' },
      customer: { ...customer, locale: 'ro' },
      lines: [
        { kind: 'ticket', item: 0, label: 'a', amount: { amount: 4_500, currency: 'EUR' } },
        { kind: 'ticket', item: 1, label: 'a', amount: { amount: 4_500, currency: 'EUR' } },
      ],
      tickets: [],
      payments: [payment],
      refunds: [],
      refunded: { amount: 0, currency: 'EUR' },
      // The hold’s last second is 12:10:00; 60 seconds of grace later its last second to be paid.
      payBy: '2026-11-21T12:11:01.000Z',
      createdAt: '2026-11-21T12:00:00.000Z',
    });
    expect(payment).toEqual({ id: payment.id, provider: 'test', status: 'created' });
    expect(items.map((item: { place: string; attendee: object; status: string }) => item)).toMatchObject([
      { sessionId, place: '1-1', ticketTypeName: 'a', attendee: customer, status: 'open' },
      { place: '1-2', attendee: { name: 'Ion Pop', email: 'ion@example.com' }, status: 'open' },
    ]);
    const read = await world.call('getOrder', { params: { orderId: id } });
    expect([read.status, read.body]).toEqual([200, made.body]);
    expect((await world.ticketing.call('getHold', { params: { holdId } })).body.status).toBe('active');
  });

  test('the same request again answers the same order as it is now; another body is refused', async () => {
    const sessionId = await sell(world);
    const holdIds = [await world.hold(sessionId, { seats: ['1-1'] })];
    const key = freshKey();
    const body = { holdIds, customer, payment: { provider: 'test' } };
    const made = await world.call('createOrder', { key, body });
    await world.pay(made.body.id, 'card_ok');
    // The hold is confirmed by now: a new order could not be made of it.
    const again = await world.call('createOrder', { key, body });
    expect([again.status, again.body.id, again.body.status]).toEqual([201, made.body.id, 'confirmed']);
    expect(again.headers['Idempotent-Replayed']).toBe('true');
    const other = await world.call('createOrder', {
      key,
      body: { ...body, customer: { ...customer, name: 'X' } },
    });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const someoneElse = await world.call('createOrder', { key, body, client: 'another-client-of-this-test' });
    expect([someoneElse.status, someoneElse.body.code]).toEqual([409, 'HOLD_NOT_ACTIVE']);
  });

  test('two at once with one key are one order', async () => {
    const sessionId = await sell(world);
    const holdIds = [await world.hold(sessionId, { seats: ['1-1'] })];
    const key = freshKey();
    const body = { holdIds, customer, payment: { provider: 'test' } };
    const answers = await Promise.all([1, 2, 3].map(() => world.call('createOrder', { key, body })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.body.payment?.id)).size).toBe(1);
  });

  test('a request that crashed before the provider was asked is gone on with by its repeat', async () => {
    const sessionId = await sell(world);
    const holdIds = [await world.hold(sessionId, { seats: ['1-1'] })];
    const key = freshKey();
    const body = { holdIds, customer, payment: { provider: 'test' } };
    const made = await world.call('createOrder', { key, body });
    // As the crash left it: put, and nothing more.
    const { payment: _payment, ...pending } = await world.get(made.body.id);
    const item = await world.table.get({ pk: `ORDER#${made.body.id}`, sk: 'ORDER' });
    await world.table.put(
      {
        ...pending,
        ...{ pk: `ORDER#${made.body.id}`, sk: 'ORDER', change: item?.['change'] },
        status: 'pending',
        revision: 1,
      },
      {},
    );
    const again = await world.call('createOrder', { key, body });
    expect([again.status, again.body.status, again.body.payment]).toEqual([
      201,
      'awaiting_payment',
      made.body.payment,
    ]);
  });

  test('holds of several sessions of one organizer are one order', async () => {
    const organizationId = 'org_00000000000000000000000001';
    const [one, two] = [await sell(world, { organizationId }), await sell(world, { organizationId })];
    const holdIds = [
      await world.hold(one, { seats: ['1-1'] }),
      await world.hold(two, { ticketTypeId: typeId('pit'), quantity: 2 }),
    ];
    const made = await world.order(holdIds);
    expect([made.status, made.body.total.amount]).toEqual([201, 8_500]);
    expect((await world.pay(made.body.id, 'card_ok')).body.status).toBe('confirmed');
    expect((await world.placesOf(one))['1-1']).toBe('sold');
    expect(Object.values(await world.placesOf(two)).filter((state) => state === 'sold')).toHaveLength(2);
    for (const sessionId of [one, two]) {
      const { orders } = await world.orders.ofSession(sessionId, { limit: 10 });
      expect(orders.map(({ orderId }) => orderId)).toEqual([made.body.id]);
    }
  });
});

describe('an order that costs nothing', () => {
  test('is confirmed in the request: sold, ticketed, and no machine waits for it', async () => {
    const sessionId = await sell(world);
    const holdIds = [await world.hold(sessionId, { seats: ['2-1', '2-2'] })];
    const made = await world.order(holdIds, { payment: undefined });
    expect([made.status, made.body.status, made.body.payments]).toEqual([201, 'confirmed', []]);
    expect(made.body.tickets).toHaveLength(2);
    expect(await world.placesOf(sessionId)).toMatchObject({
      '2-1': 'sold',
      '2-2': 'sold',
      '2-3': 'available',
    });
    expect(await world.ticketsOf(made.body.id)).toHaveLength(2);
    const told = await world.settle();
    expect(told.filter(({ aggregate }) => aggregate.id === made.body.id).map(({ type }) => type)).toEqual([
      'ORDER-CREATED',
      'ORDER-CONFIRMED',
    ]);
    expect(world.executions.has(made.body.id)).toBe(false);
  });

  test('again, also at once: one order, whose places are sold once', async () => {
    const sessionId = await sell(world);
    const holdIds = [await world.hold(sessionId, { seats: ['2-1'] })];
    const key = freshKey();
    const body = { holdIds, customer };
    const answers = await Promise.all([1, 2, 3].map(() => world.call('createOrder', { key, body })));
    expect(answers.map(({ status, body: { status: of } }) => [status, of])).toEqual([
      [201, 'confirmed'],
      [201, 'confirmed'],
      [201, 'confirmed'],
    ]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['Idempotent-Replayed'])).toHaveLength(2);
  });

  test('two of one hold: the second is told what became of the hold, and nothing of it is left', async () => {
    const sessionId = await sell(world);
    const holdIds = [await world.hold(sessionId, { seats: ['2-1'] })];
    const answers = await Promise.all([1, 2].map(() => world.order(holdIds)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const { orders } = await world.orders.ofSession(sessionId, { limit: 10 });
    expect(orders.map(({ status }) => status)).toEqual(['confirmed']);
  });
});

describe('refusals name what is wrong and where, and nothing is ordered', () => {
  const refused = async (holdIds: readonly string[], more: object = {}) => {
    const answer = await world.order(holdIds, more);
    const { status, body } = answer;
    return [
      status,
      body.code,
      ...(body.errors ?? []).map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`),
    ];
  };

  test('holds: unknown, named twice, of two organizers, of two currencies', async () => {
    const organizationId = 'org_00000000000000000000000002';
    const sessionId = await sell(world, { organizationId });
    const holdId = await world.hold(sessionId, { seats: ['1-1'] });
    expect(await refused([holdId, unknownHold, holdId])).toEqual([
      422,
      'VALIDATION_FAILED',
      '/holdIds/1 UNKNOWN_HOLD',
      '/holdIds/2 DUPLICATE_HOLD',
    ]);
    const foreign = await world.hold(await sell(world), { seats: ['1-1'] });
    expect(await refused([holdId, foreign])).toEqual([
      422,
      'VALIDATION_FAILED',
      '/holdIds/1 MIXED_ORGANIZATION',
    ]);
    const yen = await world.ticketing.sell({
      organizationId,
      ticketTypes: [{ ...slots('pit', 3), price: { amount: 500, currency: 'JPY' } }],
    });
    const other = await world.hold(yen, { ticketTypeId: typeId('pit'), quantity: 1 });
    expect(await refused([holdId, other])).toEqual([422, 'VALIDATION_FAILED', '/holdIds/1 MIXED_CURRENCY']);
  });

  test('attendees that are not one for each place; no payment; a provider that is not here', async () => {
    const holdIds = [await world.hold(await sell(world), { seats: ['1-1', '1-2'] })];
    expect(await refused(holdIds, { attendees: [customer] })).toEqual([
      422,
      'VALIDATION_FAILED',
      '/attendees ATTENDEE_COUNT',
    ]);
    expect(await refused(holdIds, { payment: undefined })).toEqual([
      422,
      'VALIDATION_FAILED',
      '/payment PAYMENT_REQUIRED',
    ]);
    expect(await refused(holdIds, { payment: { provider: 'stripe' } })).toEqual([
      422,
      'VALIDATION_FAILED',
      '/payment/provider PROVIDER_NOT_AVAILABLE',
    ]);
    expect(await refused(holdIds, { customer: { name: '', email: 'nobody' } })).toEqual([
      422,
      'VALIDATION_FAILED',
      '/customer/name TOO_SMALL',
      '/customer/email INVALID_FORMAT',
    ]);
  });

  test('holds that have lapsed or were given up; a session that no longer sells', async () => {
    const sessionId = await sell(world);
    const lapsed = await world.hold(sessionId, { seats: ['1-1'] });
    world.ticketing.clock.skip(601);
    expect(await refused([lapsed])).toEqual([409, 'HOLD_EXPIRED']);
    const given = await world.hold(sessionId, { seats: ['1-1'] });
    await world.ticketing.call('cancelHold', { params: { holdId: given } });
    const answer = await world.order([given]);
    expect([answer.status, answer.body.code, answer.body.currentStatus, answer.body.holdId]).toEqual([
      409,
      'HOLD_NOT_ACTIVE',
      'cancelled',
      given,
    ]);
    const announced = world.ticketing.announce({ ticketTypes: [slots('pit', 3)] });
    await world.ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const held = await world.hold(announced.sessionId, { ticketTypeId: typeId('pit'), quantity: 1 });
    await world.ticketing.deliver(
      'session-sync',
      announced.event('SESSION-POSTPONED', 3, { status: 'postponed' }),
    );
    world.ticketing.clock.skip(6);
    expect(await refused([held])).toEqual([409, 'SESSION_NOT_ON_SALE']);
  });

  test('an order of more writes than one transaction has, by one', async () => {
    // 4 holds of 20 places in blocks of 20: 80 tickets, 4 holds, 4 or 5 blocks, the order: 89 or 90.
    const sessionId = await world.ticketing.sell({ ticketTypes: [slots('pit', 200)] });
    const holds: string[] = [];
    for (let index = 0; index < 4; index += 1)
      holds.push(await world.hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 20 }));
    const blocks = async (holdIds: readonly string[]): Promise<number> => {
      const items = await world.ticketing.table.batchGet(
        holdIds.map((id) => ({ pk: `HOLD#${id}`, sk: 'HOLD' })),
      );
      return new Set(items.flatMap((item) => (item['places'] as [number][]).map(([block]) => block))).size;
    };
    // With a last hold of n places the order takes 1 + 5 holds + its blocks + 80 + n tickets.
    const before = await blocks(holds);
    const last = await world.hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 20 });
    const all = await blocks([...holds, last]);
    expect(all).toBeGreaterThanOrEqual(before);
    const tooLarge = await world.order([...holds, last]);
    expect([tooLarge.status, tooLarge.body.code]).toEqual([422, 'ORDER_TOO_LARGE']);
    const over = 1 + 5 + all + 100 - 100;
    expect(tooLarge.body.detail).toBe(
      `It takes ${over} writes more than one transaction has: order fewer places at once.`,
    );
    expect((await world.orders.ofSession(sessionId, { limit: 1 })).orders).toEqual([]);
    const most = await world.order(holds);
    expect(most.status).toBe(201);
    expect((await world.pay(most.body.id, 'card_ok')).body.status).toBe('confirmed');
  });

  test('orders that are not there', async () => {
    const params = { orderId: 'ord_00000000000000000000000000' };
    expect((await world.call('getOrder', { params })).status).toBe(404);
    expect((await world.call('cancelOrder', { params })).status).toBe(404);
    expect((await world.call('payOrder', { params, body: { method: 'card_ok' } })).status).toBe(404);
  });
});

describe('a payment sent again, its answer having been lost', () => {
  test.each([
    ['card_ok', 'confirmed', 'card_late'],
    ['card_declined', 'cancelled', 'card_ok'],
  ] as const)(
    '%s: accepted with the order as it is; another method is not',
    async (method, status, other) => {
      const { id } = (await world.order([await world.hold(await sell(world), { seats: ['1-1'] })])).body;
      const first = await world.pay(id, method);
      expect([first.status, first.body.status]).toEqual([202, status]);
      const again = await world.pay(id, method);
      expect([again.status, again.body.status, again.body.id]).toEqual([202, status, id]);
      const refused = await world.pay(id, other);
      expect([refused.status, refused.body.code, refused.body.currentStatus]).toEqual([
        409,
        'TRANSITION_NOT_ALLOWED',
        status,
      ]);
    },
  );
});

describe('a customer gives an order up', () => {
  test('before it is paid: again is fine, its places are free, it cannot be paid any more', async () => {
    const sessionId = await sell(world);
    const holdId = await world.hold(sessionId, { seats: ['1-1'] });
    const { id } = (await world.order([holdId])).body;
    const params = { orderId: id };
    const cancelled = await world.call('cancelOrder', { params });
    expect([cancelled.status, cancelled.body.status, cancelled.body.cancelReason]).toEqual([
      202,
      'cancelled',
      'customer',
    ]);
    expect((await world.call('cancelOrder', { params })).status).toBe(202);
    await world.settle();
    expect((await world.placesOf(sessionId))['1-1']).toBe('available');
    expect((await world.get(id)).payment?.status).toBe('voided');
    const paid = await world.pay(id, 'card_ok');
    expect([paid.status, paid.body.code, paid.body.currentStatus, paid.body.allowed]).toEqual([
      409,
      'TRANSITION_NOT_ALLOWED',
      'cancelled',
      [],
    ]);
  });

  test('not once it is confirmed, nor when it ended otherwise', async () => {
    const sessionId = await sell(world);
    const [one, two] = [
      await world.hold(sessionId, { seats: ['1-1'] }),
      await world.hold(sessionId, { seats: ['1-2'] }),
    ];
    const confirmed = (await world.order([one])).body.id;
    await world.pay(confirmed, 'card_ok');
    const refused = await world.call('cancelOrder', { params: { orderId: confirmed } });
    expect([refused.status, refused.body.code, refused.body.currentStatus, refused.body.allowed]).toEqual([
      409,
      'TRANSITION_NOT_ALLOWED',
      'confirmed',
      ['undo'],
    ]);
    const declined = (await world.order([two])).body.id;
    await world.pay(declined, 'card_declined');
    const over = await world.call('cancelOrder', { params: { orderId: declined } });
    expect([over.status, over.body.detail]).toEqual([409, 'It was cancelled before: payment_failed.']);
  });
});
