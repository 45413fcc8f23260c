import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaymentProvider } from '../../functions/payments/payment-port.ts';
import { stripeApiVersion } from '../../functions/payments/stripe-client.ts';
import { openStripeProvider, statementSuffix } from '../../functions/payments/stripe-provider.ts';
import { FakeStripe, type Fault, fakeSecretKey } from './fake-stripe.ts';
import { describePaymentProvider } from './provider-contract.ts';

const keyRing = (secretKey = fakeSecretKey) => ({
  forgotten: 0,
  current: async () => ({ secretKey, webhookSecrets: ['whsec_one'] }),
  forget() {
    this.forgotten += 1;
  },
});

const open = (stripe: FakeStripe, settings = {}): PaymentProvider =>
  openStripeProvider(keyRing(), {
    apiOrigin: stripe.origin,
    timeoutMs: 2_000,
    maxNetworkRetries: 0,
    ...settings,
  });

const paymentOf = (payableId: string, amount = 9_450) => ({
  payableId,
  amount: { amount, currency: 'EUR' },
  description: 'Paraninfo: Ravel',
  email: 'ana@example.com',
});

describePaymentProvider('stripe', async () => {
  const stripe = await new FakeStripe().open();
  const during = async <T>(fault: FakeStripe['fault'], work: () => Promise<T>): Promise<T> => {
    stripe.fault = fault;
    try {
      return await work();
    } finally {
      stripe.fault = () => undefined;
    }
  };
  return {
    provider: open(stripe),
    newPayment: paymentOf,
    authorize: async (paymentId) => stripe.pay(paymentId),
    books: async (paymentId) => {
      const { captured, refunded } = stripe.books(paymentId);
      return { captured, refunded };
    },
    losingAnswers: (work) =>
      during(({ method }) => (method === 'POST' ? { kind: 'unavailable', after: true } : undefined), work),
    cutOff: (work) => during(() => ({ kind: 'unavailable', after: false }), work),
    close: () => stripe.close(),
  };
});

describe('stripe', () => {
  let stripe: FakeStripe;
  let provider: PaymentProvider;
  let serial = 0;
  beforeAll(async () => {
    stripe = await new FakeStripe().open();
    provider = open(stripe);
  });
  afterAll(() => stripe.close());
  beforeEach(() => {
    stripe.fault = () => undefined;
    stripe.refundStatus = 'succeeded';
    stripe.requests.length = 0;
  });

  const newOrder = (): string => {
    serial += 1;
    return `ord_${serial}`;
  };
  const create = async (): Promise<string> => {
    const created = await provider.create(paymentOf(newOrder()));
    if (!created.ok) throw new Error(JSON.stringify(created));
    return created.value.paymentId;
  };
  const keys = () => stripe.requests.map(({ method, idempotencyKey }) => [method, idempotencyKey]);
  /** Goes wrong `times` times, then no more. */
  const failing = (fault: Fault, times: number): void => {
    let left = times;
    stripe.fault = () => {
      left -= 1;
      return left >= 0 ? fault : undefined;
    };
  };

  test('a payment is created with what Stripe needs, and no more', async () => {
    const created = await provider.create(paymentOf('ord_parameters', 12_345));
    expect(created).toEqual({
      ok: true,
      value: {
        paymentId: expect.stringMatching(/^pi_/),
        status: 'created',
        clientSecret: expect.stringMatching(/^pi_\w+_secret_/),
      },
    });
    expect(stripe.requests).toEqual([
      {
        method: 'POST',
        path: '/v1/payment_intents',
        idempotencyKey: 'create/ord_parameters',
        version: '2026-10-28.endive',
        params: {
          amount: '12345',
          currency: 'eur',
          capture_method: 'automatic_async',
          payment_method_options: { card: { capture_method: 'manual' }, link: { capture_method: 'manual' } },
          automatic_payment_methods: { enabled: 'true' },
          description: 'Paraninfo: Ravel',
          statement_descriptor_suffix: 'Paraninfo',
          receipt_email: 'ana@example.com',
          metadata: { payableId: 'ord_parameters' },
        },
      },
    ]);
    expect(stripeApiVersion).toBe('2026-10-28.endive');
  });

  test.for([
    ['Paraninfo: Ravel', 'Paraninfo'],
    ['Țăndărei în concert', 'Tandarei i'],
    ['<b>"Rock\' & * Roll\\', 'bRock & Ro'],
    ['12.05.2026', undefined],
    ['音楽会', undefined],
    ['', undefined],
  ] as const)('on the statement, %j is %j', ([description, suffix]) => {
    expect(statementSuffix(description)).toBe(suffix);
  });

  test('every writing call has a key made from the id it is given', async () => {
    const paymentId = await create();
    stripe.pay(paymentId);
    await provider.capture(paymentId);
    await provider.refund(paymentId, 'rfd_1', { amount: 100, currency: 'EUR' });
    const voided = await create();
    await provider.void(voided);
    expect(keys().filter(([method]) => method === 'POST')).toEqual([
      ['POST', `create/ord_${serial - 1}`],
      ['POST', `captured/${paymentId}`],
      ['POST', 'refund/rfd_1'],
      ['POST', `create/ord_${serial}`],
      ['POST', `voided/${voided}`],
    ]);
    expect(new Set(stripe.requests.map(({ version }) => version))).toEqual(new Set([stripeApiVersion]));
  });

  test('a method that cannot be captured later is charged at once', async () => {
    const paymentId = await create();
    stripe.pay(paymentId, 'bancontact');
    expect(await provider.read(paymentId)).toMatchObject({ ok: true, value: { status: 'captured' } });
    expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
    expect(await provider.void(paymentId)).toEqual({
      ok: false,
      reason: 'refused',
      code: 'payment_intent_unexpected_state',
    });
  });

  test('a declined card leaves the payment open for another', async () => {
    const paymentId = await create();
    stripe.decline(paymentId);
    expect(await provider.read(paymentId)).toEqual({
      ok: true,
      value: {
        provider: 'stripe',
        paymentId,
        payableId: `ord_${serial}`,
        status: 'declined',
        isFinal: false,
        declineCode: 'insufficient_funds',
      },
    });
    stripe.pay(paymentId);
    expect(await provider.read(paymentId)).toEqual({
      ok: true,
      value: { provider: 'stripe', paymentId, payableId: `ord_${serial}`, status: 'authorized' },
    });
  });

  test('another amount for the same thing is refused', async () => {
    const payableId = newOrder();
    await provider.create(paymentOf(payableId, 1_000));
    expect(await provider.create(paymentOf(payableId, 1_001))).toEqual({
      ok: false,
      reason: 'refused',
      code: 'StripeIdempotencyError',
    });
  });

  test.for([
    ['too many requests', { kind: 'rate_limit', retryAfter: '7' }, 7],
    ['too many requests, for long', { kind: 'rate_limit', retryAfter: '3600' }, 60],
    ['too many requests, until a date', { kind: 'rate_limit', retryAfter: 'Fri, 01 Jan 2038' }, 2],
    ['a locked object', { kind: 'lock_timeout' }, 2],
    ['a server error', { kind: 'error', after: false }, 2],
    ['a dropped connection', { kind: 'drop', after: false }, 2],
    ['a key that is refused', { kind: 'unauthorized' }, 2],
  ] as const)('%s is unavailable, and says when to come back', async ([, fault, seconds]) => {
    stripe.fault = () => fault;
    expect(await provider.create(paymentOf(newOrder()))).toEqual({
      ok: false,
      reason: 'unavailable',
      retryAfterSeconds: seconds,
    });
  });

  test('what is too small is refused with Stripe’s code', async () => {
    expect(await provider.create(paymentOf(newOrder(), 49))).toEqual({
      ok: false,
      reason: 'refused',
      code: 'amount_too_small',
    });
  });

  test('a refused key is read again from the secret before the next call', async () => {
    const replaced = ['rk_test_old', fakeSecretKey];
    let current = 0;
    const own = openStripeProvider(
      {
        current: async () => ({ secretKey: replaced[current] ?? '', webhookSecrets: [] }),
        forget: () => {
          current += 1;
        },
      },
      { apiOrigin: stripe.origin, maxNetworkRetries: 0 },
    );
    const payment = paymentOf(newOrder());
    expect(await own.create(payment)).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(await own.create(payment)).toMatchObject({ ok: true, value: { status: 'created' } });
  });

  test('the SDK repeats a call whose connection broke, with the same key: it is carried out once', async () => {
    const retrying = open(stripe, { maxNetworkRetries: 1 });
    failing({ kind: 'drop', after: true }, 1);
    const payment = paymentOf(newOrder());
    const created = await retrying.create(payment);
    expect(created).toMatchObject({ ok: true, value: { status: 'created' } });
    expect(keys()).toEqual([
      ['POST', `create/${payment.payableId}`],
      ['POST', `create/${payment.payableId}`],
    ]);
    expect(await provider.create(payment)).toEqual(created);
  });

  test('a call that takes too long is unavailable; its repeat finds what it did', async () => {
    const hasty = open(stripe, { timeoutMs: 100 });
    const paymentId = await create();
    stripe.pay(paymentId);
    const { promise, resolve } = Promise.withResolvers<void>();
    stripe.fault = () => ({ kind: 'slow', until: promise });
    expect(await hasty.capture(paymentId)).toMatchObject({ ok: false, reason: 'unavailable' });
    stripe.fault = () => undefined;
    // The first is still at it.
    expect(await provider.capture(paymentId)).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(stripe.books(paymentId).captured).toBe(0);
    resolve();
    await expect.poll(() => stripe.books(paymentId).captured).toBe(9_450);
    expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
    expect(stripe.books(paymentId).captured).toBe(9_450);
  });

  test.for([
    ['that did its work', true, ['captured/PI', 'captured/PI']],
    ['that did nothing', false, ['captured/PI', 'captured/PI', 'captured/PI/CH']],
  ] as const)(
    'a server error %s, which Stripe keeps under the key, does not hold the capture up for a day',
    async ([, after, expected]) => {
      const paymentId = await create();
      stripe.pay(paymentId);
      stripe.requests.length = 0;
      failing({ kind: 'error', after }, 1);
      expect(await provider.capture(paymentId)).toMatchObject({ ok: false, reason: 'unavailable' });
      expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
      expect(stripe.books(paymentId).captured).toBe(9_450);
      const writes = stripe.requests.filter(({ method }) => method === 'POST');
      const charge = String(stripe.intent(paymentId).latest_charge);
      expect(
        writes.map(({ idempotencyKey }) => idempotencyKey?.replace(paymentId, 'PI').replace(charge, 'CH')),
      ).toEqual(expected);
    },
  );

  test('however often it came too early, a capture is done when the money is there', async () => {
    const paymentId = await create();
    for (let time = 0; time < 5; time += 1) {
      expect(await provider.capture(paymentId)).toMatchObject({ ok: false, reason: 'refused' });
    }
    stripe.pay(paymentId);
    expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
  });

  test('a payment on its way can neither be captured nor voided: its news will tell', async () => {
    const paymentId = await create();
    stripe.intent(paymentId).status = 'processing';
    const refused = { ok: false, reason: 'refused', code: 'payment_intent_unexpected_state' };
    expect(await provider.capture(paymentId)).toEqual(refused);
    expect(await provider.void(paymentId)).toEqual(refused);
    expect(await provider.read(paymentId)).toMatchObject({ ok: true, value: { status: 'created' } });
    for (let time = 0; time < 5; time += 1) expect(await provider.void(paymentId)).toEqual(refused);
    stripe.intent(paymentId).status = 'requires_capture';
    expect(await provider.void(paymentId)).toEqual({ ok: true, value: 'voided' });
  });

  test('the keys of a call have an end', async () => {
    const paymentId = await create();
    stripe.pay(paymentId);
    stripe.fault = ({ method }) => (method === 'POST' ? { kind: 'error', after: false } : undefined);
    for (let time = 0; time < 5; time += 1) await provider.capture(paymentId);
    stripe.requests.length = 0;
    expect(await provider.capture(paymentId)).toMatchObject({ ok: false, reason: 'unavailable' });
    const charge = stripe.intent(paymentId).latest_charge;
    expect(keys()).toEqual([
      ['POST', `captured/${paymentId}`],
      ['GET', undefined],
      ['POST', `captured/${paymentId}/${charge}`],
      ['POST', `captured/${paymentId}/${charge}/2`],
      ['POST', `captured/${paymentId}/${charge}/3`],
    ]);
  });

  test.for([true, false])(
    'a refund whose answer was a server error (done: %s) is never made with another key',
    async (after) => {
      const paymentId = await create();
      stripe.pay(paymentId);
      await provider.capture(paymentId);
      stripe.fault = ({ method }) => (method === 'POST' ? { kind: 'error', after } : undefined);
      const refund = () => provider.refund(paymentId, `rfd_${paymentId}`, { amount: 4_000, currency: 'EUR' });
      expect(await refund()).toMatchObject({ ok: false, reason: 'unavailable' });
      stripe.fault = () => undefined;
      const again = await refund();
      expect(again.ok).toBe(after);
      expect(stripe.books(paymentId).refunds).toBe(after ? 1 : 0);
      // A day later the key is free again.
      stripe.forgetKeys();
      expect(await refund()).toMatchObject({ ok: true, value: { status: 'succeeded' } });
      expect(stripe.books(paymentId)).toMatchObject({ refunded: 4_000, refunds: 1 });
    },
  );

  test('a refund is found also when its key is forgotten, behind a page of others, as it is now', async () => {
    const paymentId = await create();
    stripe.pay(paymentId);
    await provider.capture(paymentId);
    const cent = { amount: 1, currency: 'EUR' };
    stripe.refundStatus = 'pending';
    const first = await provider.refund(paymentId, 'rfd_first', cent);
    expect(first).toMatchObject({ ok: true, value: { status: 'pending' } });
    for (let number = 0; number < 100; number += 1) await provider.refund(paymentId, `rfd_x${number}`, cent);
    stripe.forgetKeys();
    stripe.settleRefund('rfd_first', 'failed');
    expect(await provider.refund(paymentId, 'rfd_first', cent)).toEqual({
      ok: true,
      value: { providerRefundId: first.ok && first.value.providerRefundId, status: 'failed' },
    });
    expect(stripe.requests.at(-1)).toMatchObject({ method: 'GET', params: { limit: '100' } });
  });

  test.for(['payableId', 'orderId'])(
    'a payment that names by `%s` what is paid, and its refunds',
    async (name) => {
      const response = await fetch(`${stripe.origin}/v1/payment_intents`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fakeSecretKey}` },
        body: `amount=9450&currency=eur&metadata[${name}]=ord_named`,
      });
      const { id } = (await response.json()) as { id: string };
      stripe.pay(id, 'bancontact');
      expect(await provider.read(id)).toMatchObject({ ok: true, value: { payableId: 'ord_named' } });
      await provider.refund(id, `rfd_${name}`, { amount: 100, currency: 'EUR' });
      // The refund names it as the payment does.
      expect(stripe.requests.at(-1)).toMatchObject({
        path: '/v1/refunds',
        params: { metadata: { refundId: `rfd_${name}`, [name]: 'ord_named' } },
      });
    },
  );

  test('a payment of somebody else in the same account is not ours', async () => {
    const response = await fetch(`${stripe.origin}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fakeSecretKey}` },
      body: 'amount=100&currency=eur',
    });
    const { id } = (await response.json()) as { id: string };
    expect(await provider.read(id)).toEqual({ ok: false, reason: 'refused', code: 'payment_not_ours' });
  });

  test('without keys it throws, and names no secret', async () => {
    const keys = {
      current: async () => {
        throw new Error('The secret arn:1 holds no Stripe keys yet: it is not JSON');
      },
      forget: () => undefined,
    };
    const keyless = openStripeProvider(keys, { apiOrigin: stripe.origin });
    await expect(keyless.read('pi_1')).rejects.toThrow('The secret arn:1 holds no Stripe keys yet');
  });
});
