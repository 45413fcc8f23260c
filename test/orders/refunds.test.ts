import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyRefundNews } from '../../functions/orders/settle-refund.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { stamp } from '../../functions/platform/lifecycle-event.ts';
import { freshKey } from '../ticketing/harness.ts';
import { type OrdersWorld, sell, startOrders } from './harness.ts';

/** Money back: whole, by ticket, by amount; never more than was captured. */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());

/** A paid order of some seats at 45.00 each, whose organizer is `ann`. */
const paid = async (names: readonly string[], isCaptured = true) => {
  const organizationId = randomId('org');
  await world.join('ann', organizationId, 'manager');
  const sessionId = await sell(world, { organizationId });
  const holdId = await world.hold(sessionId, { seats: names });
  const id: string = (await world.order([holdId])).body.id;
  const { body } = await world.pay(id, 'card_ok');
  if (isCaptured) await world.settle();
  return {
    sessionId,
    organizationId,
    id,
    tickets: body.tickets.map((ticket: { id: string }) => ticket.id) as string[],
  };
};
const refund = (orderId: string, body: object, more: object = {}) =>
  world.call('createRefund', { as: 'ann', params: { orderId }, body: { reason: 'Ill', ...body }, ...more });
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const moneyOf = async (id: string) => {
  const { captured, refunded } = await world.get(id);
  return { captured, refunded };
};

describe('what is given back', () => {
  test('a ticket: it ends, its place is on sale again, its money goes back, and that is told', async () => {
    const { sessionId, id, tickets } = await paid(['1-1', '1-2']);
    const made = await refund(id, { ticketIds: [tickets[1]] });
    expect([made.status, made.body.status, made.body.amount, made.body.ticketIds]).toEqual([
      201,
      'requested',
      eur(4_500),
      [tickets[1]],
    ]);
    expect((await world.ticketsOf(id)).map(({ place, status }) => [place, status]).sort()).toEqual([
      ['1-1', 'valid'],
      ['1-2', 'refunded'],
    ]);
    expect(await world.placesOf(sessionId)).toMatchObject({ '1-1': 'sold', '1-2': 'available' });
    const told = (await world.settle()).filter(({ aggregate }) => aggregate.kind === 'refund');
    expect(told.map(({ type, data }) => [type, (data as { amount: object }).amount])).toEqual([
      ['REFUND-REQUESTED', eur(4_500)],
      ['REFUND-SUCCEEDED', eur(4_500)],
    ]);
    const { body } = await world.call('getOrder', { params: { orderId: id } });
    expect([body.status, body.refunded, body.refunds.length, body.refunds[0].status]).toEqual([
      'confirmed',
      eur(4_500),
      1,
      'succeeded',
    ]);
    expect(body.tickets.map(({ status }: { status: string }) => status)).toEqual(['valid', 'refunded']);
    // The place can be held and sold again.
    await world.hold(sessionId, { seats: ['1-2'] });
  });

  test('all that is valid when no ticket is named; without restock the places stay sold', async () => {
    const { sessionId, id, tickets } = await paid(['1-1', '1-2', '1-3']);
    await refund(id, { ticketIds: [tickets[0]] });
    const rest = await refund(id, { restock: false });
    expect([rest.body.amount, rest.body.ticketIds]).toEqual([eur(9_000), tickets.slice(1)]);
    expect(await world.placesOf(sessionId)).toMatchObject({
      '1-1': 'available',
      '1-2': 'sold',
      '1-3': 'sold',
    });
    expect(await moneyOf(id)).toEqual({ captured: 13_500, refunded: 13_500 });
    const again = await refund(id, {});
    expect([again.status, again.body.code]).toEqual([409, 'NOTHING_TO_REFUND']);
    expect((await refund(id, { amount: eur(1) })).body.code).toBe('NOTHING_TO_REFUND');
  });

  test('an amount ends no ticket; tickets after it give back what is left', async () => {
    const { id, tickets } = await paid(['1-1', '1-2']);
    expect((await refund(id, { amount: eur(1_000) })).body).toMatchObject({
      amount: eur(1_000),
      ticketIds: [],
    });
    expect((await world.ticketsOf(id)).map(({ status }) => status)).toEqual(['valid', 'valid']);
    expect((await refund(id, { ticketIds: [tickets[0]] })).body.amount).toEqual(eur(4_500));
    expect((await refund(id, { ticketIds: [tickets[1]] })).body.amount).toEqual(eur(3_500));
    expect(await moneyOf(id)).toEqual({ captured: 9_000, refunded: 9_000 });
  });

  test('a free ticket ends without money', async () => {
    const organizationId = randomId('org');
    await world.join('ann', organizationId, 'owner');
    const sessionId = await sell(world, { organizationId });
    const { id } = (await world.order([await world.hold(sessionId, { seats: ['2-1'] })])).body;
    expect((await refund(id, {})).body.amount).toEqual(eur(0));
    await world.settle();
    const { body } = await world.call('getOrder', { params: { orderId: id } });
    expect([body.refunds[0].status, body.tickets[0].status]).toEqual(['succeeded', 'refunded']);
    expect((await world.placesOf(sessionId))['2-1']).toBe('available');
  });

  test('of a cancelled order an amount: what its own refund could not pay out', async () => {
    const { id } = await paid(['1-1']);
    await world.call('undoOrder', { as: 'ann', params: { orderId: id }, body: {} });
    // Its own refund comes first.
    const early = await refund(id, { amount: eur(1) });
    expect([early.status, early.body.code]).toEqual([409, 'PAYMENT_NOT_SETTLED']);
    await world.settle();
    const none = await refund(id, { amount: eur(4_500) });
    expect([none.status, none.body.code]).toEqual([409, 'NOTHING_TO_REFUND']);
    // The bank returned it: to the provider, who tells.
    const refundId = (await world.orders.read(id))?.refunds[0]?.refundId ?? '';
    const { payment } = await world.get(id);
    await world.table.update(
      { pk: `TEST-PAYMENT#${payment?.paymentId}`, sk: 'PAYMENT' },
      { update: 'SET rest = rest + :amount', values: { ':amount': 4_500 } },
    );
    await applyRefundNews(
      { orders: world.orders },
      { payableId: id, refundId, providerRefundId: 'p', status: 'failed' },
      (what) => stamp(what, { requestId: 'test', now: new Date() }),
    );
    const tickets = await refund(id, {});
    expect([tickets.status, tickets.body.currentStatus]).toEqual([409, 'cancelled']);
    const again = await refund(id, { amount: eur(4_500) });
    expect([again.status, again.body.amount]).toEqual([201, eur(4_500)]);
    await world.settle();
    const { body } = await world.call('getOrder', { params: { orderId: id } });
    expect(body.refunds.map(({ status }: { status: string }) => status)).toEqual(['failed', 'succeeded']);
    expect(await moneyOf(id)).toEqual({ captured: 4_500, refunded: 4_500 });
  });

  test('the same request again is the same refund; the same key for another is refused', async () => {
    const { id, tickets } = await paid(['1-1', '1-2']);
    const key = freshKey();
    const made = await refund(id, { ticketIds: [tickets[0]] }, { key });
    const again = await refund(id, { ticketIds: [tickets[0]] }, { key });
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      made.body,
      'true',
    ]);
    expect((await refund(id, { ticketIds: [tickets[1]] }, { key })).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await moneyOf(id)).toEqual({ captured: 9_000, refunded: 4_500 });
  });
});

describe('refusals', () => {
  const faultsOf = (answer: Awaited<ReturnType<typeof refund>>) => [
    answer.status,
    ...answer.body.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`),
  ];

  test('tickets: of another order, named twice, ended; amounts: too much, none, in another currency', async () => {
    const { id, tickets } = await paid(['1-1', '1-2']);
    const foreign = (await paid(['1-1'])).tickets[0];
    await refund(id, { ticketIds: [tickets[0]] });
    expect(faultsOf(await refund(id, { ticketIds: [tickets[0], tickets[1], tickets[1], foreign] }))).toEqual([
      422,
      '/ticketIds/0 TICKET_ENDED',
      '/ticketIds/2 DUPLICATE_TICKET',
      '/ticketIds/3 UNKNOWN_TICKET',
    ]);
    expect(faultsOf(await refund(id, { amount: eur(4_501) }))).toEqual([422, '/amount/amount OVER_CAPTURED']);
    expect(faultsOf(await refund(id, { amount: eur(0) }))).toEqual([422, '/amount/amount TOO_SMALL']);
    expect(faultsOf(await refund(id, { amount: { amount: 1, currency: 'JPY' } }))).toEqual([
      422,
      '/amount/currency OTHER_CURRENCY',
    ]);
    expect(await moneyOf(id)).toEqual({ captured: 9_000, refunded: 4_500 });
  });

  test('money that is not captured yet; an order that is not confirmed', async () => {
    const { id } = await paid(['1-1'], false);
    const early = await refund(id, {});
    expect([early.status, early.body.code, early.headers['Retry-After']]).toEqual([
      409,
      'PAYMENT_NOT_SETTLED',
      '2',
    ]);
    await world.settle();
    const { sessionId, organizationId } = await paid(['1-1']);
    expect(organizationId).toMatch(/^org_/);
    const open = (await world.order([await world.hold(sessionId, { seats: ['1-2'] })])).body.id;
    const refused = await refund(open, {});
    expect([refused.status, refused.body.code, refused.body.currentStatus]).toEqual([
      409,
      'TRANSITION_NOT_ALLOWED',
      'awaiting_payment',
    ]);
  });

  test('nobody without a role in the organization, nor its staff', async () => {
    const { id, organizationId } = await paid(['1-1']);
    await world.join('sam', organizationId, 'staff');
    expect((await refund(id, {}, { as: undefined })).status).toBe(401);
    expect((await refund(id, {}, { as: 'stranger' })).status).toBe(404);
    expect((await refund(id, {}, { as: 'sam' })).status).toBe(403);
    expect(await moneyOf(id)).toEqual({ captured: 4_500, refunded: 0 });
  });
});

describe.each(Array.from({ length: 8 }, (_, round) => round))('at once, round %i', () => {
  test('five refunds of amounts: never more than was captured', async () => {
    const { id } = await paid(['1-1', '1-2']);
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(id, { amount: eur(4_000) })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422, 422, 422]);
    await world.settle();
    expect(await moneyOf(id)).toEqual({ captured: 9_000, refunded: 8_000 });
  });

  test('the same ticket twice, and all: it ends once', async () => {
    const { sessionId, id, tickets } = await paid(['1-1', '1-2']);
    const answers = await Promise.all([
      refund(id, { ticketIds: [tickets[0]] }),
      refund(id, { ticketIds: [tickets[0]] }),
      refund(id, {}),
    ]);
    const made = answers.filter(({ status }) => status === 201);
    const ended = made.flatMap(({ body }) => body.ticketIds as string[]);
    expect(ended).toHaveLength(new Set(ended).size);
    expect(await moneyOf(id)).toEqual({ captured: 9_000, refunded: ended.length * 4_500 });
    expect((await world.placesOf(sessionId))['1-1']).toBe('available');
    await world.settle();
  });
});

describe('the books of the test provider', () => {
  const booksOf = (orderId: string) => world.call('getTestPayment', { params: { orderId } });

  test('follow a payment from its beginning to its refund', async () => {
    const order = await world.order([await world.hold(await sell(world), { seats: ['1-1'] })]);
    const created = await booksOf(order.body.id);
    expect([created.status, created.body]).toEqual([
      200,
      { id: order.body.payment.id, status: 'created', captured: eur(0), refunded: eur(0) },
    ]);

    const { id, tickets } = await paid(['1-1', '1-2'], false);
    const authorized = (await booksOf(id)).body;
    // Set aside is not taken.
    expect(authorized).toEqual({
      id: authorized.id,
      status: 'authorized',
      method: 'card_ok',
      captured: eur(0),
      refunded: eur(0),
    });
    await world.settle();
    expect((await refund(id, { ticketIds: [tickets[0]] })).status).toBe(201);
    // Promised is not given back.
    const captured = { ...authorized, status: 'captured', captured: eur(9_000) };
    expect((await booksOf(id)).body).toEqual(captured);
    await world.settle();
    expect((await booksOf(id)).body).toEqual({ ...captured, refunded: eur(4_500) });
  });

  test('are not those of an order that is not there, or was not paid at it', async () => {
    expect((await booksOf('ord_00000000000000000000000000')).status).toBe(404);
    const sessionId = await sell(world);
    // Row 2 costs nothing.
    const free = await world.order([await world.hold(sessionId, { seats: ['2-1'] })]);
    expect(free.body.status).toBe('confirmed');
    const none = await booksOf(free.body.id);
    expect([none.status, none.body.code]).toEqual([409, 'TEST_PAYMENTS_ONLY']);
  });
});
