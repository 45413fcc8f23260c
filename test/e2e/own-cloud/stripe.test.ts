import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { deliveryOf, type FakeEvent, FakeStripe, fakeWebhookSecret } from '../../payments/fake-stripe.ts';
import { anybody, type Body, type Request } from '../client.ts';
import { putOnSale } from '../scenario.ts';
import { waitFor } from '../wait-for.ts';

/** Payments by Stripe, whose API is a fake of the tests: the platform is started with its origin and keys. */

type Order = Body<'getOrder', 200>;

const stripe = new FakeStripe();
beforeAll(() => stripe.open(inject('stripePort')));
afterAll(() => stripe.close());

const customer = { name: 'Ana Pop', email: 'ana@example.com', locale: 'ro' } as const;

const holdOf = async (sessionId: string, ...seats: string[]): Promise<Body<'createHold', 201>> =>
  (await anybody().ok(201, 'createHold', { params: { sessionId }, body: { seats } })).body;
const bodyOf = (holdId: string): Request<'createOrder'>['body'] => ({
  holdIds: [holdId],
  customer,
  payment: { provider: 'stripe' },
});
const order = async (holdId: string): Promise<Order> =>
  (await anybody().ok(201, 'createOrder', { body: bodyOf(holdId) })).body;

const until = (what: string, { id }: Pick<Order, 'id'>, is: (order: Order) => boolean): Promise<Order> =>
  waitFor(`${what} of order ${id}`, async () => {
    const { body } = await anybody().ok(200, 'getOrder', { params: { orderId: id } });
    return is(body) ? body : undefined;
  });

/** Events of a payment and its refunds that the fake has to tell, oldest first. */
const eventsOf = (paymentId: string): readonly FakeEvent[] =>
  stripe.events.filter(({ data, type }) => {
    const { id, payment_intent } = data.object as { id: string; payment_intent?: string };
    return type !== 'charge.refunded' && (id === paymentId || payment_intent === paymentId);
  });

/** Delivers an event as Stripe does: status and body of the answer. */
const deliver = async (event: FakeEvent, secret = fakeWebhookSecret, change = (body: string) => body) => {
  const { rawBody, headers } = deliveryOf(event, secret);
  const response = await fetch(`${inject('target').url}/payments/stripe/webhook`, {
    method: 'POST',
    headers,
    body: change(rawBody),
  });
  const answer = (await response.json()) as { outcome?: string; code?: string };
  return [response.status, answer.outcome ?? answer.code];
};
const applied = [200, 'applied'];

test('paid at Stripe: webhooks twice and out of order, captured, refunded', async () => {
  const { organizer, sessionId } = await putOnSale();
  const made = await order((await holdOf(sessionId, 'A-1', 'A-2')).id);
  expect(made).toMatchObject({
    status: 'awaiting_payment',
    payment: { provider: 'stripe', status: 'created', clientSecret: expect.stringContaining('_secret_') },
  });
  const paymentId = made.payment?.id ?? '';
  await anybody().refused('TEST_PAYMENTS_ONLY', 'payOrder', {
    params: { orderId: made.id },
    body: { method: 'card_ok' },
  });

  // The first card is declined, the second is taken; the news of it come first.
  stripe.decline(paymentId);
  stripe.pay(paymentId);
  const [declined, authorized] = eventsOf(paymentId) as [FakeEvent, FakeEvent];
  expect([declined.type, authorized.type]).toEqual([
    'payment_intent.payment_failed',
    'payment_intent.amount_capturable_updated',
  ]);
  expect(await deliver(authorized, 'whsec_another')).toEqual([400, 'WEBHOOK_SIGNATURE_INVALID']);
  expect(await deliver(authorized, undefined, (body) => `${body} `)).toEqual([
    400,
    'WEBHOOK_SIGNATURE_INVALID',
  ]);
  expect((await until('nothing', made, () => true)).status).toBe('awaiting_payment');
  expect(await Promise.all([deliver(authorized), deliver(authorized)])).toEqual([applied, applied]);
  expect(await deliver(declined)).toEqual(applied);

  const captured = await until('capture', made, ({ payment }) => payment?.status === 'captured');
  expect(captured).toMatchObject({ status: 'confirmed', tickets: [{ place: 'A-1' }, { place: 'A-2' }] });
  for (const event of eventsOf(paymentId).toReversed()) expect(await deliver(event)).toEqual(applied);
  expect(stripe.books(paymentId)).toEqual({ captured: 9_000, refunded: 0, refunds: 0, status: 'succeeded' });

  stripe.refundStatus = 'pending';
  const { body: refund } = await organizer.client.ok(201, 'createRefund', {
    params: { orderId: made.id },
    body: { ticketIds: [captured.tickets[0]?.id ?? ''], reason: 'Ill on the day' },
  });
  await until('refund at Stripe', made, ({ refunds }) => refunds[0]?.status === 'pending');
  stripe.settleRefund(refund.id, 'succeeded');
  const refundEvents = eventsOf(paymentId).filter(({ type }) => type.startsWith('refund.'));
  expect(refundEvents.map(({ type }) => type)).toEqual(['refund.created', 'refund.updated']);
  for (const event of refundEvents.toReversed()) {
    expect(await deliver(event)).toEqual(applied);
    expect(await deliver(event)).toEqual(applied);
  }
  const refunded = await until('refund', made, ({ refunds }) => refunds[0]?.status === 'succeeded');
  expect([refunded.status, refunded.refunded.amount, refunded.refunds.length]).toEqual([
    'confirmed',
    4_500,
    1,
  ]);
  expect(stripe.books(paymentId)).toEqual({
    captured: 9_000,
    refunded: 4_500,
    refunds: 1,
    status: 'succeeded',
  });
});

test('Stripe is down: 503 with Retry-After, holds extended once; the same request goes on when it is back', async () => {
  // A hold that is shorter than its order may be paid.
  const { sessionId } = await putOnSale({ holdSeconds: 60 });
  const made = await holdOf(sessionId, 'A-1');
  const email = 'down@example.com';
  stripe.fault = ({ params }) =>
    params['receipt_email'] === email ? { kind: 'unavailable', after: false } : undefined;
  const call = {
    idempotencyKey: `stripe is down ${crypto.randomUUID()}`,
    body: { ...bodyOf(made.id), customer: { ...customer, email } },
  };
  const first = await anybody().refused('SERVICE_UNAVAILABLE', 'createOrder', call);
  expect(Number(first.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(Date.parse(String(first['holdsExpireAt']))).toBe(Date.parse(made.expiresAt) + 10_000);
  const again = await anybody().refused('SERVICE_UNAVAILABLE', 'createOrder', call);
  expect(again['holdsExpireAt']).toBe(first['holdsExpireAt']);
  const { body: hold } = await anybody().ok(200, 'getHold', { params: { holdId: made.id } });
  expect([hold.status, hold.expiresAt]).toEqual(['active', first['holdsExpireAt']]);

  stripe.fault = () => undefined;
  const { body: placed } = await anybody().ok(201, 'createOrder', call);
  const paymentId = placed.payment?.id ?? '';
  stripe.pay(paymentId);
  for (const event of eventsOf(paymentId)) expect(await deliver(event)).toEqual(applied);
  await until(
    'capture',
    placed,
    ({ status, payment }) => status === 'confirmed' && payment?.status === 'captured',
  );
});
