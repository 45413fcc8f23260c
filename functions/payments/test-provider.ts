import { contentId } from '../platform/ids.ts';
import { absent, type Item, type Table } from '../platform/table.ts';
import type { PaymentNews, PaymentProvider, PaymentStatus, ProviderResult } from './payment-port.ts';
import type { TestMethod } from './test-method.ts';

const answeredAtOnce: Readonly<Partial<Record<TestMethod, PaymentStatus>>> = {
  card_ok: 'authorized',
  card_declined: 'declined',
};

/** A payment as the test provider keeps it. */
interface TestPayment {
  readonly paymentId: string;
  readonly payableId: string;
  readonly amount: number;
  readonly currency: string;
  /** What was last written; `statusAt` says what it is. */
  readonly status: PaymentStatus;
  readonly method?: TestMethod;
  /** Epoch seconds from which on a slow payment is authorized. */
  readonly authorizedFrom?: number;
  /** Minor units not given back yet. */
  readonly rest: number;
}

/** What a payment is at this instant: a slow one is authorized when its time has come, whoever asks. */
const statusAt = ({ status, authorizedFrom }: TestPayment, now: number): PaymentStatus =>
  status === 'created' && authorizedFrom !== undefined && authorizedFrom <= now ? 'authorized' : status;

export type TestPaid =
  | { readonly kind: 'paid'; readonly news: PaymentNews; readonly authorizedFrom?: number }
  | { readonly kind: 'missing' };

/** What the provider’s own books say of a payment, in minor units. */
export interface TestBooks {
  readonly status: PaymentStatus;
  readonly method?: TestMethod;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
}

const keyOf = (paymentId: string) => ({ pk: `TEST-PAYMENT#${paymentId}`, sk: 'PAYMENT' });
const refundKey = (paymentId: string, refundId: string) => ({
  pk: `TEST-PAYMENT#${paymentId}`,
  sk: `REFUND#${refundId}`,
});
/** Payments of tests are kept for a month. */
const keptSeconds = 30 * 24 * 60 * 60;

const refused = (code: string) => ({ ok: false, reason: 'refused', code }) as const;

/**
 * The `test` provider: the server side of a provider. It is idempotent by conditional writes, as the port
 * demands, and deterministic; no money is involved. Stages of production refuse it.
 * @param table of the context whose payments these are; they have keys of their own there.
 * @param clock epoch seconds.
 */
export const openTestProvider = (table: Table, clock: () => number) => {
  const get = async (paymentId: string): Promise<TestPayment | undefined> =>
    table.get<TestPayment>(keyOf(paymentId), { consistent: true });

  const newsOf = (payment: TestPayment): PaymentNews => {
    const status = statusAt(payment, clock());
    return {
      provider: 'test',
      paymentId: payment.paymentId,
      payableId: payment.payableId,
      status,
      ...(status === 'declined' && { isFinal: true, declineCode: 'card_declined' }),
    };
  };

  /** Takes a payment from one of some statuses to another; again: as if for the first time. */
  const move = async (
    paymentId: string,
    from: readonly PaymentStatus[],
    to: PaymentStatus,
  ): Promise<ProviderResult<PaymentStatus>> => {
    for (;;) {
      const payment = await get(paymentId);
      if (payment === undefined) return refused('unknown_payment');
      const status = statusAt(payment, clock());
      if (status === to) return { ok: true, value: to };
      if (!from.includes(status)) return refused(`payment_${status}`);
      const moved = await table.update(keyOf(paymentId), {
        update: 'SET #status = :to',
        condition: '#status = :was',
        names: { '#status': 'status' },
        values: { ':to': to, ':was': payment.status },
      });
      if (moved.written) return { ok: true, value: to };
    }
  };

  const provider: PaymentProvider = {
    name: 'test',

    async create({ payableId, amount }) {
      const paymentId = contentId('pay', payableId);
      const payment: TestPayment = {
        paymentId,
        payableId,
        ...amount,
        status: 'created',
        rest: amount.amount,
      };
      const put = await table.put({ ...keyOf(paymentId), ...payment, ttl: clock() + keptSeconds }, absent);
      const known = put.written ? payment : (put.old as unknown as TestPayment);
      return { ok: true, value: { paymentId, status: statusAt(known, clock()) } };
    },

    capture: (paymentId) => move(paymentId, ['authorized'], 'captured'),

    void: (paymentId) => move(paymentId, ['created', 'authorized', 'declined'], 'voided'),

    async refund(paymentId, refundId, { amount }) {
      const key = refundKey(paymentId, refundId);
      const result = await table.transact([
        { put: { ...key, amount, ttl: clock() + keptSeconds }, when: absent },
        {
          update: keyOf(paymentId),
          by: {
            update: 'SET #rest = #rest - :amount',
            condition: '#status = :captured AND #rest >= :amount',
            names: { '#rest': 'rest', '#status': 'status' },
            values: { ':amount': amount, ':captured': 'captured' },
          },
        },
      ]);
      const isRepeat = !result.written && result.refusals.some(({ index }) => index === 0);
      if (!result.written && !isRepeat) return refused('amount_too_large');
      return { ok: true, value: { providerRefundId: `test-${refundId}`, status: 'succeeded' } };
    },

    async read(paymentId) {
      const payment = await get(paymentId);
      return payment === undefined ? refused('unknown_payment') : { ok: true, value: newsOf(payment) };
    },
  };

  return {
    ...provider,

    /** What the books say of a payment; amounts in minor units. */
    async booksOf(paymentId: string): Promise<TestBooks | undefined> {
      const payment = await get(paymentId);
      if (payment === undefined) return undefined;
      const { amount, currency, rest, method } = payment;
      const status = statusAt(payment, clock());
      return {
        status,
        ...(method !== undefined && { method }),
        currency,
        captured: status === 'captured' ? amount : 0,
        refunded: amount - rest,
      };
    },

    /** How the customer paid, if they did. */
    methodOf: async (paymentId: string): Promise<TestMethod | undefined> => (await get(paymentId))?.method,

    /**
     * The customer pays. The first way of paying counts; a repeat is answered with what the payment is.
     * @param authorizedFrom epoch seconds from which on a `card_slow` or `card_late` is authorized.
     * @param triesAgain whether another way counts after a decline.
     */
    async pay(
      paymentId: string,
      method: TestMethod,
      authorizedFrom: number,
      { triesAgain = false } = {},
    ): Promise<TestPaid> {
      const isLater = method === 'card_slow' || method === 'card_late';
      const paid = await table.update<Item>(keyOf(paymentId), {
        update: `SET #method = :method, #status = :to${isLater ? ', #from = :from' : ''}`,
        condition: `(#status = :created AND attribute_not_exists(#method))${triesAgain ? ' OR #status = :declined' : ''}`,
        names: { '#status': 'status', '#method': 'method', ...(isLater && { '#from': 'authorizedFrom' }) },
        values: {
          ':created': 'created',
          ':method': method,
          ':to': answeredAtOnce[method] ?? 'created',
          ...(isLater && { ':from': authorizedFrom }),
          ...(triesAgain && { ':declined': 'declined' }),
        },
      });
      const item = paid.written ? paid.item : paid.old;
      if (item === undefined) return { kind: 'missing' };
      const payment = item as unknown as TestPayment;
      return {
        kind: 'paid',
        news: newsOf(payment),
        ...(payment.authorizedFrom !== undefined && { authorizedFrom: payment.authorizedFrom }),
      };
    },
  };
};

export type TestProvider = ReturnType<typeof openTestProvider>;
