import { describe, expect, inject, test } from 'vitest';
import { anybody, type Body, type Request } from './client.ts';
import {
  euros,
  newEvent,
  newSession,
  placesOf,
  publish,
  putOnSale,
  smallHallTicketTypes,
  ticketTypeOf,
} from './scenario.ts';
import { waitFor } from './wait-for.ts';

type Order = Body<'getOrder', 200>;
type NewOrder = Request<'createOrder'>['body'];
type Method = Request<'payOrder'>['body']['method'];

const isEmbedded = inject('target').kind === 'embedded';
/** Long enough to order the places, short enough to wait for the end. */
const shortHoldSeconds = isEmbedded ? 4 : 20;
const timeoutMs = isEmbedded ? 60_000 : 180_000;

const customer = { name: 'Ana Pop', email: 'ana@example.com', locale: 'ro' } as const;

const hold = async (sessionId: string, ...seats: string[]): Promise<string> =>
  (await anybody().ok(201, 'createHold', { params: { sessionId }, body: { seats } })).body.id;

const bodyOf = (holdIds: readonly string[], more: Partial<NewOrder> = {}): NewOrder => ({
  holdIds: [...holdIds],
  customer,
  payment: { provider: 'test' },
  ...more,
});
const order = async (holdIds: readonly string[], more: Partial<NewOrder> = {}): Promise<Order> =>
  (await anybody().ok(201, 'createOrder', { body: bodyOf(holdIds, more) })).body;

const pay = async ({ id }: Order, method: Method): Promise<Order> =>
  (await anybody().ok(202, 'payOrder', { params: { orderId: id }, body: { method } })).body;

const read = async ({ id }: Pick<Order, 'id'>): Promise<Order> =>
  (await anybody().ok(200, 'getOrder', { params: { orderId: id } })).body;

const until = (what: string, { id }: Pick<Order, 'id'>, is: (order: Order) => boolean): Promise<Order> =>
  waitFor(
    `${what} of order ${id}`,
    async () => {
      const now = await read({ id });
      return is(now) ? now : undefined;
    },
    { timeoutMs },
  );
const untilMoneyIs = (status: string, made: Pick<Order, 'id'>): Promise<Order> =>
  until(`payment ${status}`, made, ({ payment }) => payment?.status === status);

const untilCounted = (sessionId: string, expected: Body<'getSeats', 200>['summary']) =>
  waitFor(
    `the counts ${JSON.stringify(expected)}`,
    async () => {
      const { summary } = (await anybody().ok(200, 'getSeats', { params: { sessionId } })).body;
      return JSON.stringify(summary) === JSON.stringify(expected) ? true : undefined;
    },
    { timeoutMs },
  );

describe.concurrent('an order', () => {
  test('that costs nothing is confirmed at once', async () => {
    const { sessionId } = await putOnSale({
      ticketTypes: [{ name: 'Stalls', price: euros(0), planCategory: 'Stalls' }],
    });
    const holdId = await hold(sessionId, 'A-1', 'A-2');
    const made = await order([holdId], { payment: undefined });
    expect(made).toMatchObject({
      status: 'confirmed',
      total: { amount: 0, currency: 'EUR' },
      items: [
        { place: 'A-1', status: 'valid' },
        { place: 'A-2', status: 'valid' },
      ],
      payments: [],
    });
    expect(made.payBy).toBeUndefined();
    for (const { id, place } of made.tickets) {
      const { body: ticket } = await anybody().ok(200, 'getTicket', { params: { ticketId: id } });
      expect(ticket).toMatchObject({ id, place, status: 'valid', session: { id: sessionId } });
    }
    expect(made.tickets.map(({ place }) => place)).toEqual(['A-1', 'A-2']);
    expect((await anybody().ok(200, 'getHold', { params: { holdId } })).body.status).toBe('confirmed');
    await untilCounted(sessionId, { available: 18, held: 0, sold: 2 });
  });

  test('that is paid is confirmed, has tickets, and its money is captured', async () => {
    const { sessionId } = await putOnSale();
    const made = await order([await hold(sessionId, 'A-1', 'C-1')], {
      attendees: [
        { name: 'Ana Pop', email: 'ana@example.com' },
        { name: 'Ion Pop', email: 'ion@example.com' },
      ],
    });
    expect(made).toMatchObject({
      status: 'awaiting_payment',
      total: { amount: 7_500, currency: 'EUR' },
      tickets: [],
      payment: { provider: 'test', status: 'created' },
    });
    const paid = await pay(made, 'card_ok');
    expect(paid.status).toBe('confirmed');
    const [first, second] = paid.tickets;
    const { body: ticket } = await anybody().ok(200, 'getTicket', {
      params: { ticketId: second?.id ?? '' },
    });
    expect(ticket).toMatchObject({ place: 'C-1', status: 'valid' });
    expect(ticket.id).not.toBe(first?.id);
    const captured = await untilMoneyIs('captured', made);
    expect(captured).toMatchObject({ status: 'confirmed', refunded: { amount: 0, currency: 'EUR' } });
    expect((await pay(made, 'card_ok')).status).toBe('confirmed');
    const other = await anybody().refused('TRANSITION_NOT_ALLOWED', 'payOrder', {
      params: { orderId: made.id },
      body: { method: 'card_late' },
    });
    expect(other.currentStatus).toBe('confirmed');
    const taken = await anybody().refused('PLACES_TAKEN', 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1'] },
    });
    expect(taken.places).toEqual(['A-1']);
    await untilCounted(sessionId, { available: 23, held: 0, sold: 2 });
  });

  test('whose card is declined ends; its hold lives on and is ordered again', async () => {
    const { sessionId } = await putOnSale();
    const holdId = await hold(sessionId, 'A-1');
    const declined = await pay(await order([holdId]), 'card_declined');
    expect(declined).toMatchObject({ status: 'cancelled', cancelReason: 'payment_failed', tickets: [] });
    expect((await anybody().ok(200, 'getHold', { params: { holdId } })).body.status).toBe('active');
    const second = await pay(await order([holdId]), 'card_ok');
    expect(second.status).toBe('confirmed');
    expect(second.tickets).toHaveLength(1);
    await untilMoneyIs('captured', second);
    expect((await read(declined)).status).toBe('cancelled');
    await untilCounted(sessionId, { available: 24, held: 0, sold: 1 });
  });

  test('that nobody pays is timed out, and its place is free', async ({ skip }) => {
    skip(!isEmbedded, 'ministack ignores TimeoutSecondsPath of Step Functions: nothing times out there');
    const { sessionId } = await putOnSale({ holdSeconds: shortHoldSeconds });
    const made = await order([await hold(sessionId, 'A-1')]);
    expect((await pay(made, 'card_never')).status).toBe('awaiting_payment');
    const ended = await until('the end', made, ({ status }) => status !== 'awaiting_payment');
    expect(ended).toMatchObject({ status: 'cancelled', cancelReason: 'payment_timeout', tickets: [] });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(made.payBy ?? ''));
    await untilMoneyIs('voided', made);
    await hold(sessionId, 'A-1');
  });

  test('that is paid after its hold has lapsed gets the places that are still free', async () => {
    const { sessionId } = await putOnSale({ holdSeconds: shortHoldSeconds });
    const holdId = await hold(sessionId, 'A-1', 'C-1');
    const made = await order([holdId]);
    expect((await pay(made, 'card_late')).status).toBe('awaiting_payment');
    const { body } = await anybody().ok(200, 'getHold', { params: { holdId } });
    const ended = await until('the end', made, ({ status }) => status !== 'awaiting_payment');
    expect(ended.status).toBe('confirmed');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(body.expiresAt));
    expect(ended.tickets.map(({ place }) => place)).toEqual(['A-1', 'C-1']);
    await untilMoneyIs('captured', made);
    await untilCounted(sessionId, { available: 23, held: 0, sold: 2 });
  });

  test('that is paid when somebody else has bought a place gives the money back and offers others', async () => {
    const { sessionId } = await putOnSale({ holdSeconds: shortHoldSeconds });
    // The first hold lapses long before the second, at whose end the money comes.
    const lapsing = await hold(sessionId, 'A-1');
    const lasting = await hold(sessionId, 'B-1');
    await anybody().ok(200, 'extendHold', {
      params: { holdId: lasting },
      body: { seconds: shortHoldSeconds * 3 },
    });
    const made = await order([lapsing, lasting]);
    expect((await pay(made, 'card_late')).status).toBe('awaiting_payment');
    const rival = await waitFor(
      'the first place to be free',
      async () => {
        const answer = await anybody().call('createHold', {
          params: { sessionId },
          body: { seats: ['A-1'] },
        });
        return answer.ok && answer.status === 201 ? answer.body.id : undefined;
      },
      { timeoutMs, everyMs: 50 },
    );
    const bought = await pay(await order([rival]), 'card_ok');
    expect(bought.status).toBe('confirmed');
    expect((await read(made)).status).toBe('awaiting_payment');
    const ended = await until(
      'an offer',
      made,
      ({ offeredHoldIds, payment }) => offeredHoldIds !== undefined && payment?.status === 'voided',
    );
    expect(ended).toMatchObject({ status: 'cancelled', cancelReason: 'places_lost', tickets: [] });
    const offered = await Promise.all(
      (ended.offeredHoldIds ?? []).map(async (holdId) => {
        const { body } = await anybody().ok(200, 'getHold', { params: { holdId } });
        return [body.status, body.total.amount, placesOf(body)] as const;
      }),
    );
    expect(offered.map(([status, total]) => [status, total])).toEqual([
      ['active', 4_500],
      ['active', 4_500],
    ]);
    const places = offered.flatMap(([, , names]) => names);
    expect(new Set(places).size).toBe(2);
    expect(places).not.toContain('A-1');
    expect((await read(bought)).tickets).toMatchObject([{ place: 'A-1', status: 'valid' }]);
  });

  test('that its customer gives up frees the places, as often as it is said', async () => {
    const { sessionId } = await putOnSale();
    const made = await order([await hold(sessionId, 'A-1', 'C-1')]);
    const params = { orderId: made.id };
    for (let times = 0; times < 2; times += 1) {
      const { body } = await anybody().ok(202, 'cancelOrder', { params });
      expect(body).toMatchObject({ status: 'cancelled', cancelReason: 'customer' });
    }
    await untilMoneyIs('voided', made);
    await untilCounted(sessionId, { available: 25, held: 0, sold: 0 });
    const late = await anybody().refused('TRANSITION_NOT_ALLOWED', 'payOrder', {
      params,
      body: { method: 'card_ok' },
    });
    expect(late.currentStatus).toBe('cancelled');
    await hold(sessionId, 'A-1', 'C-1');
  });

  test('of several holds of two sessions is one, with the tickets of all', async () => {
    const { organizer, venueId, sessionId } = await putOnSale();
    const event = await newEvent(organizer, venueId);
    const other = await newSession(organizer, event.id, {
      ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 5 }],
    });
    await publish(organizer, event.id);
    const { body: standing } = await anybody().ok(201, 'createHold', {
      params: { sessionId: other.id },
      body: { ticketTypeId: ticketTypeOf(other, 0), quantity: 2 },
    });
    const holdIds = [await hold(sessionId, 'A-1'), await hold(sessionId, 'C-1'), standing.id];
    const made = await order(holdIds);
    expect(made.total).toEqual({ amount: 11_500, currency: 'EUR' });
    const paid = await pay(made, 'card_ok');
    expect(paid.tickets.map((ticket) => [ticket.sessionId, ticket.place])).toEqual([
      [sessionId, 'A-1'],
      [sessionId, 'C-1'],
      ...placesOf(standing).map((place) => [other.id, place]),
    ]);
    await untilMoneyIs('captured', made);
    await untilCounted(sessionId, { available: 23, held: 0, sold: 2 });
    await untilCounted(other.id, { available: 3, held: 0, sold: 2 });
  });

  test('that is asked for again is the same, as it is now', async () => {
    const { sessionId } = await putOnSale();
    const body = bodyOf([await hold(sessionId, 'A-1')]);
    const idempotencyKey = crypto.randomUUID();
    const first = await anybody().ok(201, 'createOrder', { body, idempotencyKey });
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const [one, two] = await Promise.all([
      anybody().ok(201, 'createOrder', { body, idempotencyKey }),
      anybody().ok(201, 'createOrder', { body, idempotencyKey }),
    ]);
    for (const replay of [one, two]) {
      expect(replay.body).toEqual(first.body);
      expect(replay.headers.get('idempotent-replayed')).toBe('true');
    }
    await pay(first.body, 'card_ok');
    const later = await anybody().ok(201, 'createOrder', { body, idempotencyKey });
    expect([later.body.id, later.body.status]).toEqual([first.body.id, 'confirmed']);
    await anybody().refused('IDEMPOTENCY_KEY_REUSED', 'createOrder', {
      body: { ...body, customer: { ...customer, name: 'Somebody else' } },
      idempotencyKey,
    });
  });
});

describe.concurrent('of a confirmed order', () => {
  test('the organizer refunds one ticket: its place is on sale again', async () => {
    const { organizer, sessionId } = await putOnSale();
    const made = await pay(await order([await hold(sessionId, 'A-1', 'A-2')]), 'card_ok');
    const [first, second] = made.tickets;
    await untilMoneyIs('captured', made);
    const params = { orderId: made.id };
    const { body: refund } = await organizer.client.ok(201, 'createRefund', {
      params,
      body: { ticketIds: [first?.id ?? ''], reason: 'Ill on the day' },
    });
    expect(refund).toMatchObject({
      amount: { amount: 4_500, currency: 'EUR' },
      ticketIds: [first?.id],
      reason: 'Ill on the day',
    });
    const refunded = await until('the refund', made, ({ refunds }) => refunds[0]?.status === 'succeeded');
    expect(refunded).toMatchObject({
      status: 'confirmed',
      refunded: { amount: 4_500, currency: 'EUR' },
      items: [
        { place: 'A-1', status: 'refunded' },
        { place: 'A-2', status: 'valid' },
      ],
      refunds: [{ id: refund.id }],
    });
    const statusOf = async (ticketId = '') =>
      (await anybody().ok(200, 'getTicket', { params: { ticketId } })).body.status;
    expect([await statusOf(first?.id), await statusOf(second?.id)]).toEqual(['refunded', 'valid']);
    await hold(sessionId, 'A-1');
    await anybody().refused('PLACES_TAKEN', 'createHold', {
      params: { sessionId },
      body: { seats: ['A-2'] },
    });
    await untilCounted(sessionId, { available: 23, held: 1, sold: 1 });
  });

  test('all money goes back when its session is cancelled; unpaid ones and answers end', async () => {
    const { organizer, eventId, sessionId } = await putOnSale({
      ticketTypes: [...smallHallTicketTypes, { name: 'Guests', price: euros(0), quantity: 10 }],
      rsvp: { ticketType: 'Guests' },
    });
    const { body: coming } = await anybody().ok(201, 'createRsvp', {
      params: { eventId },
      body: { answer: 'yes', name: 'Ana Pop', email: 'ana@example.com' },
    });
    const paid = await pay(await order([await hold(sessionId, 'A-1', 'A-2')]), 'card_ok');
    const unpaid = await order([await hold(sessionId, 'B-1')]);
    await organizer.client.ok(200, 'cancelSession', { params: { sessionId } });
    const undone = await until('the refund', paid, ({ refunds }) => refunds[0]?.status === 'succeeded');
    expect(undone).toMatchObject({
      status: 'cancelled',
      cancelReason: 'session_cancelled',
      refunded: { amount: 9_000, currency: 'EUR' },
      tickets: [{ status: 'cancelled' }, { status: 'cancelled' }],
      refunds: [{ amount: { amount: 9_000, currency: 'EUR' }, status: 'succeeded' }],
    });
    const ended = await untilMoneyIs('voided', unpaid);
    expect(ended).toMatchObject({ status: 'cancelled', cancelReason: 'session_cancelled' });
    const answer = await waitFor('the answer to end', async () => {
      const { body } = await anybody().ok(200, 'getRsvp', { params: { rsvpId: coming.id } });
      return body.status === 'cancelled' ? body : undefined;
    });
    expect(answer).toMatchObject({ cancelReason: 'session_cancelled', tickets: [] });
  });
});

test('a promo code with one use takes a tenth off one order, until that gives it back', async () => {
  const { organizer, eventId, sessionId } = await putOnSale();
  await organizer.client.ok(201, 'createPromoCode', {
    params: { eventId },
    body: { code: 'EARLY10', discount: { basisPoints: 1_000 }, maxUses: 1 },
  });
  const first = await order([await hold(sessionId, 'A-1')], { promoCode: 'early10' });
  expect(first.total).toEqual({ amount: 4_050, currency: 'EUR' });
  expect(first.lines.map(({ kind, label, amount }) => [kind, label, amount.amount])).toEqual([
    ['ticket', 'Stalls', 4_500],
    ['discount', 'EARLY10', -450],
  ]);
  const body = bodyOf([await hold(sessionId, 'A-2')], { promoCode: 'EARLY10' });
  const refused = await anybody().refused('PROMO_CODE_REFUSED', 'createOrder', { body });
  expect(refused['reason']).toBe('used_up');
  await anybody().ok(202, 'cancelOrder', { params: { orderId: first.id } });
  const { body: second } = await anybody().ok(201, 'createOrder', { body });
  await pay(second, 'card_ok');
  const captured = await untilMoneyIs('captured', second);
  expect([captured.status, captured.total.amount]).toEqual(['confirmed', 4_050]);
});

test('fifty customers at once hold, order, pay and read their tickets without one error', async () => {
  const { session, sessionId } = await putOnSale({
    ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 100 }],
  });
  const ticketTypeId = ticketTypeOf(session, 0);
  const journey = async (): Promise<readonly (readonly [string, string])[]> => {
    const { body } = await anybody().ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 2 },
    });
    const paid = await pay(await order([body.id]), 'card_ok');
    expect(paid.status).toBe('confirmed');
    for (const { id, place } of paid.tickets) {
      const { body: ticket } = await anybody().ok(200, 'getTicket', { params: { ticketId: id } });
      expect([ticket.status, ticket.place]).toEqual(['valid', place]);
    }
    expect((await untilMoneyIs('captured', paid)).total).toEqual({ amount: 4_000, currency: 'EUR' });
    return paid.tickets.map(({ id, place }) => [id, place]);
  };
  const tickets = (await Promise.all(Array.from({ length: 50 }, journey))).flat();
  expect(new Set(tickets.map(([id]) => id)).size).toBe(100);
  expect(new Set(tickets.map(([, place]) => place)).size).toBe(100);
  await untilCounted(sessionId, { available: 0, held: 0, sold: 100 });
});
