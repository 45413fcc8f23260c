import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newsMessage } from '../../functions/payments/news-message.ts';
import {
  laterRefundStatus,
  type PaymentNews,
  type PaymentStatus,
  type RefundNews,
  type RefundStatus,
} from '../../functions/payments/payment-port.ts';
import { stripeApiVersion } from '../../functions/payments/stripe-client.ts';
import type { StripeKeyRing } from '../../functions/payments/stripe-keys.ts';
import { stripeWebhookEvents, subjectOf } from '../../functions/payments/stripe-news.ts';
import { openStripeProvider } from '../../functions/payments/stripe-provider.ts';
import { stripeRoutes } from '../../functions/payments/stripe-routes.ts';
import { stripeWebhook } from '../../functions/payments/stripe-webhook.ts';
import { applyAtOnce, sendTo } from '../../functions/payments/take-news.ts';
import { serve } from '../../functions/platform/serve.ts';
import { type EventOptions, gatewayEvent } from '../support/gateway-event.ts';
import { deliveryOf, type FakeEvent, FakeStripe, fakeSecretKey } from './fake-stripe.ts';

const secret = 'whsec_current';
const keys: StripeKeyRing = {
  current: async () => ({ secretKey: fakeSecretKey, webhookSecrets: ['whsec_next', secret] }),
  forget: () => undefined,
};

const leadQueue = 'https://sqs.eu-central-1.amazonaws.com/000000000000/lead-payment-news';
const sqs = mockClient(SQSClient);

let stripe: FakeStripe;
let provider: ReturnType<typeof openStripeProvider>;
let payments: PaymentNews[];
let refunds: RefundNews[];
/** What the use cases throw; nothing unless set. */
let trouble: Error | undefined;
let serial = 0;

beforeAll(async () => {
  stripe = await new FakeStripe().open();
  provider = openStripeProvider(keys, { apiOrigin: stripe.origin, maxNetworkRetries: 0 });
});
afterAll(() => stripe.close());
beforeEach(() => {
  stripe.fault = () => undefined;
  stripe.events.length = 0;
  stripe.requests.length = 0;
  payments = [];
  refunds = [];
  trouble = undefined;
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
});

const handlerOf = (offered: Parameters<typeof stripeWebhook>[0]) =>
  serve({
    routes: stripeRoutes,
    handlers: stripeWebhook(offered, {
      order: applyAtOnce({
        async applyPaymentNews(news) {
          if (trouble !== undefined) throw trouble;
          payments.push(news);
        },
        async applyRefundNews(news) {
          if (trouble !== undefined) throw trouble;
          refunds.push(news);
        },
      }),
      lead: sendTo(leadQueue),
    }),
  });

const send = async (options: EventOptions) => {
  const event = gatewayEvent('POST', '/payments/stripe/webhook', options);
  const { statusCode, body } = await handlerOf({ keys, provider })(event, {} as Context);
  const answer = JSON.parse(body);
  return { status: statusCode, told: answer.outcome ?? answer.code };
};

const deliver = (event: FakeEvent) => send(deliveryOf(event, secret));

const create = async (kind = 'ord'): Promise<{ paymentId: string; payableId: string }> => {
  serial += 1;
  const payableId = `${kind}_${serial}`;
  const created = await provider.create({
    payableId,
    amount: { amount: 9_450, currency: 'EUR' },
    description: 'Paraninfo',
    email: 'ana@example.com',
  });
  if (!created.ok) throw new Error(JSON.stringify(created));
  return { paymentId: created.value.paymentId, payableId };
};

const last = (): FakeEvent => {
  const event = stripe.events.at(-1);
  if (event === undefined) throw new Error('No event yet');
  return event;
};
const eventOf = (type: string): FakeEvent => {
  const event = stripe.events.find((one) => one.type === type);
  if (event === undefined) throw new Error(`No ${type}`);
  return event;
};

describe('the signature of a webhook', () => {
  let event: FakeEvent;
  beforeEach(async () => {
    const { paymentId } = await create();
    stripe.pay(paymentId);
    event = last();
  });
  const applied = { status: 200, told: 'applied' };
  const invalid = { status: 400, told: 'WEBHOOK_SIGNATURE_INVALID' };
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

  test('is taken from either secret while one replaces the other', async () => {
    expect(await send(deliveryOf(event, 'whsec_current'))).toEqual(applied);
    expect(await send(deliveryOf(event, 'whsec_next'))).toEqual(applied);
  });

  test('is over the bytes, also when an emulator sends them as text', async () => {
    const { rawBody, headers } = deliveryOf(event, secret);
    expect(await send({ rawBody, headers, bodyAsText: true })).toEqual(applied);
  });

  test('of Stripe may stand beside one of another scheme or another secret', async () => {
    const { rawBody, headers } = deliveryOf(event, secret);
    const both = headers['stripe-signature']?.replace(',', `,v0=${'0'.repeat(64)},v1=${'a'.repeat(64)},`);
    expect(await send({ rawBody, headers: { 'stripe-signature': both ?? '' } })).toEqual(applied);
  });

  test('wants no Idempotency-Key, no token and no particular media type', async () => {
    const { rawBody, headers } = deliveryOf(event, secret);
    const { 'stripe-signature': signature = '' } = headers;
    const plain = { 'Stripe-Signature': signature, 'content-type': 'text/plain' };
    expect(await send({ rawBody, headers: plain })).toEqual(applied);
  });

  test.for<[string, (sound: ReturnType<typeof deliveryOf>) => EventOptions]>([
    ['no signature', ({ rawBody }) => ({ rawBody })],
    ['an empty one', ({ rawBody }) => ({ rawBody, headers: { 'stripe-signature': '' } })],
    ['one that is none', ({ rawBody }) => ({ rawBody, headers: { 'stripe-signature': 'v1=x' } })],
    ['a body with one more space', ({ rawBody, headers }) => ({ rawBody: `${rawBody} `, headers })],
    ['the same JSON written anew', ({ rawBody, headers }) => ({ body: JSON.parse(rawBody), headers })],
    ['no body', ({ headers }) => ({ headers })],
  ])('%s is refused, and nothing is done', async ([, change]) => {
    expect(await send(change(deliveryOf(event, secret)))).toEqual(invalid);
    expect([payments, refunds]).toEqual([[], []]);
  });

  test('says nothing on a stage that does not offer Stripe', async () => {
    const delivery = deliveryOf(event, secret);
    const { statusCode, body } = await handlerOf(undefined)(
      gatewayEvent('POST', '/payments/stripe/webhook', delivery),
      {} as Context,
    );
    expect([statusCode, JSON.parse(body).code]).toEqual([404, 'NOT_FOUND']);
    expect(payments).toEqual([]);
  });

  test('of another secret is refused', async () => {
    expect(await send(deliveryOf(event, 'whsec_other'))).toEqual(invalid);
    expect(payments).toEqual([]);
  });

  test('may be five minutes old', async () => {
    expect(await send(deliveryOf(event, secret, secondsAgo(290)))).toEqual(applied);
    expect(await send(deliveryOf(event, secret, secondsAgo(310)))).toEqual(invalid);
    expect(payments).toHaveLength(1);
  });
});

describe('what a webhook tells', () => {
  test('the events to select are those that say something', () => {
    expect(stripeWebhookEvents).toEqual([
      'payment_intent.amount_capturable_updated',
      'payment_intent.succeeded',
      'payment_intent.payment_failed',
      'payment_intent.canceled',
      'refund.created',
      'refund.updated',
      'refund.failed',
    ]);
  });

  test('the guide names them, and the pinned version of the API', () => {
    const guide = readFileSync(path.join(import.meta.dirname, '../../docs/guides/payments.md'), 'utf8');
    const [, block = ''] = /with these events:\s+```\n([\s\S]*?)```/.exec(guide) ?? [];
    expect(block.trim().split(/\s+/)).toEqual(stripeWebhookEvents);
    expect(guide).toContain(`API version \`${stripeApiVersion}\``);
  });

  test('set aside, then captured', async () => {
    const { paymentId, payableId } = await create();
    stripe.pay(paymentId);
    expect(await deliver(last())).toEqual({ status: 200, told: 'applied' });
    await provider.capture(paymentId);
    expect(await deliver(last())).toEqual({ status: 200, told: 'applied' });
    const news = { provider: 'stripe', paymentId, payableId };
    expect(payments).toEqual([
      { ...news, status: 'authorized' },
      { ...news, status: 'captured' },
    ]);
  });

  test('a declined card, and why; it is not the end', async () => {
    const { paymentId, payableId } = await create();
    stripe.decline(paymentId, 'lost_card');
    await deliver(last());
    expect(payments).toEqual([
      {
        provider: 'stripe',
        paymentId,
        payableId,
        status: 'declined',
        isFinal: false,
        declineCode: 'lost_card',
      },
    ]);
  });

  test('cancelled elsewhere', async () => {
    const { paymentId, payableId } = await create();
    stripe.pay(paymentId);
    stripe.cancelElsewhere(paymentId);
    await deliver(last());
    expect(payments).toEqual([{ provider: 'stripe', paymentId, payableId, status: 'voided' }]);
  });

  test('an authorization that is told after its cancellation sells nothing', async () => {
    const { paymentId } = await create();
    stripe.pay(paymentId);
    stripe.cancelElsewhere(paymentId);
    await deliver(eventOf('payment_intent.canceled'));
    await deliver(eventOf('payment_intent.amount_capturable_updated'));
    expect(payments.map(({ status }) => status)).toEqual(['voided', 'voided']);
  });

  test('what nothing follows is not asked for again; what something may follow is, once', async () => {
    const { paymentId } = await create();
    stripe.pay(paymentId);
    await provider.capture(paymentId);
    stripe.requests.length = 0;
    await deliver(eventOf('payment_intent.succeeded'));
    expect(stripe.requests).toEqual([]);
    await deliver(eventOf('payment_intent.amount_capturable_updated'));
    expect(stripe.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', `/v1/payment_intents/${paymentId}`],
    ]);
  });

  test('while Stripe does not answer, the event stands', async () => {
    const { paymentId } = await create();
    stripe.pay(paymentId);
    stripe.fault = () => ({ kind: 'unavailable', after: false });
    expect(await deliver(last())).toEqual({ status: 200, told: 'applied' });
    expect(payments.map(({ status }) => status)).toEqual(['authorized']);
  });

  test('a refund, by the id it was asked for with', async () => {
    const { paymentId, payableId } = await create();
    stripe.pay(paymentId, 'bancontact');
    stripe.refundStatus = 'pending';
    const refund = await provider.refund(paymentId, 'rfd_told', { amount: 4_000, currency: 'EUR' });
    stripe.refundStatus = 'succeeded';
    stripe.settleRefund('rfd_told', 'succeeded');
    stripe.settleRefund('rfd_told', 'failed');
    for (const event of stripe.events) await deliver(event);
    const news = {
      provider: 'stripe',
      paymentId,
      payableId,
      refundId: 'rfd_told',
      providerRefundId: refund.ok && refund.value.providerRefundId,
    };
    expect(refunds).toEqual([
      { ...news, status: 'pending' },
      { ...news, status: 'succeeded' },
      { ...news, status: 'failed' },
    ]);
  });

  test.for([
    ['another type', { type: 'customer.created', data: { object: { id: 'cus_1' } } }],
    ['a sum of refunds', { type: 'charge.refunded', data: { object: { id: 'ch_1', amount_refunded: 5 } } }],
    [
      'a payment of something else',
      {
        type: 'payment_intent.succeeded',
        data: { object: { id: 'pi_x', status: 'succeeded', metadata: {} } },
      },
    ],
    [
      'a refund made in the dashboard',
      {
        type: 'refund.updated',
        data: { object: { id: 're_x', status: 'succeeded', payment_intent: 'pi_x', metadata: {} } },
      },
    ],
    [
      'a refund of a charge without a payment',
      {
        type: 'refund.updated',
        data: { object: { id: 're_x', status: 'succeeded', payment_intent: null, metadata: null } },
      },
    ],
  ] as const)('%s is taken and ignored', async ([, event]) => {
    expect(await deliver(event as unknown as FakeEvent)).toEqual({ status: 200, told: 'ignored' });
    expect([payments, refunds]).toEqual([[], []]);
  });

  test.for([
    ['requires_payment_method', 'created'],
    ['requires_confirmation', 'created'],
    ['requires_action', 'created'],
    ['processing', 'created'],
    ['requires_capture', 'authorized'],
    ['succeeded', 'captured'],
    ['canceled', 'voided'],
  ] as const)('a payment that is %s is %s', ([status, expected]) => {
    const object = { id: 'pi_1', status, metadata: { payableId: 'ord_1' }, last_payment_error: null };
    expect(subjectOf({ type: 'payment_intent.succeeded', data: { object } })).toEqual({
      kind: 'payment',
      news: { provider: 'stripe', paymentId: 'pi_1', payableId: 'ord_1', status: expected },
      isLast: expected === 'captured' || expected === 'voided',
    });
  });

  test.for([
    [null, 'pending'],
    ['pending', 'pending'],
    ['requires_action', 'pending'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ] as const)('a refund that is %s is %s', ([status, expected]) => {
    const metadata = { payableId: 'ord_1', refundId: 'rfd_1' };
    const object = { id: 're_1', status, payment_intent: 'pi_1', metadata };
    expect(subjectOf({ type: 'refund.updated', data: { object } })).toMatchObject({
      kind: 'refund',
      news: { refundId: 'rfd_1', status: expected },
    });
  });

  test('a state that the pinned version does not have is not guessed: Stripe delivers again', async () => {
    const object = { id: 'pi_1', status: 'half_paid', metadata: { payableId: 'ord_1' } };
    const event = { type: 'payment_intent.succeeded', data: { object } };
    expect(await deliver(event as unknown as FakeEvent)).toEqual({ status: 500, told: 'INTERNAL_ERROR' });
  });

  test('what cannot be applied now is answered 5xx, so that it comes again', async () => {
    const { paymentId } = await create();
    stripe.pay(paymentId, 'bancontact');
    trouble = Object.assign(new Error('busy'), { name: 'ThrottlingException' });
    expect(await deliver(last())).toEqual({ status: 503, told: 'SERVICE_UNAVAILABLE' });
    trouble = undefined;
    expect(await deliver(last())).toEqual({ status: 200, told: 'applied' });
    expect(payments.map(({ status }) => status)).toEqual(['captured']);
  });
});

describe('who takes news, by what is paid', () => {
  /** Messages to the queue of leads, as its consumer reads them. */
  const queued = () =>
    sqs.commandCalls(SendMessageBatchCommand).flatMap(({ args: [{ input }] }) => {
      expect(input.QueueUrl).toBe(leadQueue);
      return (input.Entries ?? []).map(({ MessageBody, DelaySeconds }) => {
        expect(DelaySeconds).toBe(0);
        return newsMessage.parse(JSON.parse(MessageBody ?? ''));
      });
    });

  test('of a lead: a message that its payment is to be asked about, and nothing is asked or applied here', async () => {
    const { paymentId, payableId } = await create('lead');
    stripe.pay(paymentId);
    stripe.requests.length = 0;
    const before = Math.floor(Date.now() / 1_000);
    expect(await deliver(last())).toEqual({ status: 200, told: 'queued' });
    expect(queued()).toEqual([
      { kind: 'payment', provider: 'stripe', paymentId, payableId, at: expect.any(Number) },
    ]);
    const [{ at } = { at: 0 }] = queued() as { at: number }[];
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
    expect([stripe.requests, payments]).toEqual([[], []]);
  });

  test('of a refund of a lead: what it came to', async () => {
    const { paymentId, payableId } = await create('lead');
    stripe.pay(paymentId, 'bancontact');
    await provider.refund(paymentId, 'rfd_lead', { amount: 4_000, currency: 'EUR' });
    stripe.settleRefund('rfd_lead', 'failed');
    expect(await deliver(last())).toEqual({ status: 200, told: 'queued' });
    expect(queued()).toEqual([
      {
        kind: 'refund',
        provider: 'stripe',
        paymentId,
        payableId,
        refundId: 'rfd_lead',
        providerRefundId: expect.stringMatching(/^re_/),
        status: 'failed',
      },
    ]);
    expect(refunds).toEqual([]);
  });

  test('of an order: applied here, and no message is sent', async () => {
    const { paymentId } = await create();
    stripe.pay(paymentId);
    expect(await deliver(last())).toEqual({ status: 200, told: 'applied' });
    expect([payments.length, queued()]).toEqual([1, []]);
  });

  test.for(['trk_1', 'leader_1', 'ord', ''])(
    'of %j, which nobody is paid for, it is ignored',
    async (payableId) => {
      const object = { id: 'pi_1', status: 'succeeded', metadata: { payableId } };
      const event = { type: 'payment_intent.succeeded', data: { object } };
      expect(await deliver(event as unknown as FakeEvent)).toEqual({ status: 200, told: 'ignored' });
      expect([payments, queued()]).toEqual([[], []]);
    },
  );

  test('while the queue takes nothing, Stripe is to deliver again', async () => {
    const { paymentId, payableId } = await create('lead');
    stripe.pay(paymentId);
    const busy = Object.assign(new Error('busy'), { name: 'ThrottlingException' });
    sqs.on(SendMessageBatchCommand).rejectsOnce(busy).resolves({});
    expect(await deliver(last())).toEqual({ status: 503, told: 'SERVICE_UNAVAILABLE' });
    expect(await deliver(last())).toEqual({ status: 200, told: 'queued' });
    expect(queued().at(-1)).toMatchObject({ paymentId, payableId });
  });

  test('payments and refunds from before leads name their order by `orderId`', () => {
    const payment = { id: 'pi_1', status: 'succeeded', metadata: { orderId: 'ord_1' } };
    expect(subjectOf({ type: 'payment_intent.succeeded', data: { object: payment } })).toEqual({
      kind: 'payment',
      news: { provider: 'stripe', paymentId: 'pi_1', payableId: 'ord_1', status: 'captured' },
      isLast: true,
    });
    const metadata = { orderId: 'ord_1', refundId: 'rfd_1' };
    const refund = { id: 're_1', status: 'succeeded', payment_intent: 'pi_1', metadata };
    expect(subjectOf({ type: 'refund.updated', data: { object: refund } })).toMatchObject({
      kind: 'refund',
      news: { payableId: 'ord_1', refundId: 'rfd_1' },
    });
  });
});

describe('deliveries in any order, twice, late, and before our own answer', () => {
  /** How far a payment is; what follows is never less. */
  const progress: Readonly<Record<PaymentStatus, number>> = {
    created: 0,
    declined: 0,
    authorized: 1,
    captured: 2,
    voided: 2,
  };
  const booked = {
    requires_payment_method: undefined,
    requires_capture: 'authorized',
    succeeded: 'captured',
    canceled: 'voided',
  } as const;

  /** What happens to one payment at Stripe, step by step. */
  const life = fc.record({
    declines: fc.nat({ max: 2 }),
    method: fc.constantFrom('card', 'bancontact', undefined),
    end: fc.constantFrom('capture', 'cancel', 'none'),
    refunds: fc.array(
      fc.constantFrom<readonly ('succeeded' | 'failed')[]>(
        [],
        ['succeeded'],
        ['failed'],
        ['succeeded', 'failed'],
      ),
      {
        maxLength: 3,
      },
    ),
  });
  type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

  const stepsOf = ({ declines, method, end, refunds: wanted }: Life, paymentId: string) => {
    const steps: (() => unknown)[] = Array.from({ length: declines }, () => () => stripe.decline(paymentId));
    if (method !== undefined) steps.push(() => stripe.pay(paymentId, method));
    const isTaken = method === 'bancontact' || (method === 'card' && end === 'capture');
    if (method === 'card' && end === 'capture') steps.push(() => provider.capture(paymentId));
    if (method !== 'bancontact' && end === 'cancel') steps.push(() => provider.void(paymentId));
    if (isTaken) {
      for (const [index, fates] of wanted.entries()) {
        const refundId = `rfd_${paymentId}_${index}`;
        steps.push(() => provider.refund(paymentId, refundId, { amount: 1_000, currency: 'EUR' }));
        for (const fate of fates) steps.push(() => stripe.settleRefund(refundId, fate));
      }
    }
    return steps;
  };

  const later = (told: Map<string, RefundStatus>, { refundId, status }: RefundNews) =>
    told.set(refundId, laterRefundStatus(told.get(refundId) ?? 'pending', status));

  /** What an order knows after all that it was told. */
  const known = () => {
    const furthest = payments.reduce<PaymentStatus | undefined>(
      (best, { status }) => (best === undefined || progress[status] > progress[best] ? status : best),
      undefined,
    );
    const told = new Map<string, RefundStatus>();
    for (const news of refunds) later(told, news);
    return {
      payment: furthest !== undefined && progress[furthest] > 0 ? furthest : undefined,
      refunds: Object.fromEntries([...told].sort()),
    };
  };

  test('everything told at the end: the same news, whatever the order and the copies', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.infiniteStream(fc.nat({ max: 1_000 })), async (given, random) => {
        stripe.events.length = 0;
        stripe.refundStatus = 'pending';
        const { paymentId } = await create();
        for (const step of stepsOf(given, paymentId)) await step();
        const newsOf = async (events: readonly FakeEvent[]) => {
          payments = [];
          refunds = [];
          for (const event of events) expect((await deliver(event)).status).toBe(200);
          return new Set([...payments, ...refunds].map((news) => JSON.stringify(news)));
        };
        const inOrder = await newsOf(stripe.events);
        const inOrderKnown = known();
        const copies = stripe.events.flatMap((event) =>
          Array.from({ length: 1 + ((random.next().value ?? 0) % 3) }, () => ({
            event,
            at: random.next().value ?? 0,
          })),
        );
        const shuffled = copies.toSorted((one, other) => one.at - other.at).map(({ event }) => event);
        expect(await newsOf(shuffled)).toEqual(inOrder);
        expect(known()).toEqual(inOrderKnown);
        expect(inOrderKnown.payment).toBe(
          booked[stripe.books(paymentId).status as keyof typeof booked] ?? undefined,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('told while it happens: never a step back, and in the end what Stripe has in its books', async () => {
    await fc.assert(
      fc.asyncProperty(
        life,
        fc.array(fc.nat({ max: 1_000 }), { minLength: 40, maxLength: 40 }),
        fc.boolean(),
        async (given, random, isStripeSilent) => {
          stripe.events.length = 0;
          stripe.refundStatus = 'pending';
          payments = [];
          refunds = [];
          const { paymentId } = await create();
          const steps = stepsOf(given, paymentId);
          const due: FakeEvent[] = [];
          let seen = 0;
          const draws = random.values();
          const draw = (count: number): number => (draws.next().value ?? 0) % count;
          while (steps.length > 0 || due.length > 0) {
            if (steps.length > 0 && (due.length === 0 || draw(2) === 0)) {
              stripe.fault = () => undefined;
              await steps.shift()?.();
              // Each event is on its way two times.
              for (const event of stripe.events.slice(seen)) due.push(event, event);
              seen = stripe.events.length;
            } else {
              if (isStripeSilent) stripe.fault = () => ({ kind: 'unavailable', after: false });
              const [event] = due.splice(draw(due.length), 1);
              if (event !== undefined) expect((await deliver(event)).status).toBe(200);
            }
          }
          stripe.fault = () => undefined;
          const told = payments.map(({ status }) => progress[status]);
          if (!isStripeSilent) expect(told).toEqual(told.toSorted((one, other) => one - other));
          expect(
            payments.some(({ status }) => status === 'captured') &&
              payments.some(({ status }) => status === 'voided'),
          ).toBe(false);
          const status = stripe.books(paymentId).status as keyof typeof booked;
          expect(known().payment).toBe(booked[status]);
          const fates = Object.fromEntries(
            given.refunds.map((fate, index) => [`rfd_${paymentId}_${index}`, fate.at(-1) ?? 'pending']),
          );
          expect(known().refunds).toEqual(status === 'succeeded' ? fates : {});
        },
      ),
      { numRuns: 100 },
    );
  });
});
