import type Stripe from 'stripe';
import { logger } from '../platform/logger.ts';
import type {
  Amount,
  CreatedPayment,
  NewPayment,
  PaymentNews,
  PaymentProvider,
  PaymentStatus,
  ProviderResult,
  RefundedPayment,
} from './payment-port.ts';
import { openStripeClient, type StripeClientSettings } from './stripe-client.ts';
import {
  failureOf,
  isKeyRefused,
  isReplayed,
  isStripeFailure,
  isUnexpectedState,
  unexpectedState,
} from './stripe-failure.ts';
import type { StripeKeyRing } from './stripe-keys.ts';
import {
  paymentNewsOf,
  paymentStatusOf,
  type ReadIntent,
  type ReadRefund,
  readIntent,
  readRefund,
  refundStatusOf,
} from './stripe-news.ts';

/**
 * Payments by Stripe’s PaymentIntents. Each call carries an idempotency key made from the id it is given, and
 * is repeated safely: a lost answer is found again by its key or by what the payment has become.
 * Throws when the keys cannot be had, or when Stripe answers what its API version does not have.
 */
export const openStripeProvider = (keys: StripeKeyRing, settings: StripeClientSettings): PaymentProvider => {
  const clientOfNow = openStripeClient(keys, settings);

  /** Runs calls of the SDK; what Stripe refused or left open is a result, anything else is thrown. */
  const attempt = async <T>(
    work: (stripe: Stripe) => Promise<ProviderResult<T>>,
  ): Promise<ProviderResult<T>> => {
    const stripe = await clientOfNow();
    try {
      return await work(stripe);
    } catch (error) {
      if (!isStripeFailure(error)) throw error;
      if (isKeyRefused(error)) {
        keys.forget();
        logger.error('Stripe refuses the key', { status: error.statusCode, code: error.code });
      }
      return failureOf(error);
    }
  };

  /** Captures or cancels. Where Stripe refuses, now or once under this key, the payment itself says what is so. */
  const moveTo = (
    { reached, from }: Move,
    paymentId: string,
    call: (stripe: Stripe, options: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>,
  ): Promise<ProviderResult<PaymentStatus>> =>
    attempt(async (stripe) => {
      const key = `${reached}/${paymentId}`;
      const answered = (intent: ReadIntent) => ({ ok: true, value: paymentStatusOf(intent) }) as const;
      try {
        return answered(readIntent(await call(stripe, { idempotencyKey: key })));
      } catch (error) {
        if (!isStripeFailure(error) || !(isReplayed(error) || isUnexpectedState(error))) throw error;
      }
      const now = readIntent(await stripe.paymentIntents.retrieve(paymentId));
      if (paymentStatusOf(now) === reached) return answered(now);
      if (!from.includes(now.status)) return { ok: false, reason: 'refused', code: unexpectedState };
      // The refusal was of another time: a key of this authorization has none.
      const moved = await withFreshKey(`${key}/${now.latest_charge ?? 'unpaid'}`, (options) =>
        call(stripe, options),
      );
      return answered(readIntent(moved));
    });

  return {
    name: 'stripe',

    create: (payment: NewPayment): Promise<ProviderResult<CreatedPayment>> =>
      attempt(async (stripe) => {
        const intent = await withFreshKey(`create/${payment.payableId}`, (options) =>
          stripe.paymentIntents.create(intentOf(payment), options),
        );
        const clientSecret = intent.client_secret;
        return {
          ok: true,
          value: {
            paymentId: intent.id,
            status: paymentStatusOf(readIntent(intent)),
            ...(clientSecret !== null && { clientSecret }),
          },
        };
      }),

    capture: (paymentId) =>
      moveTo(toCaptured, paymentId, (stripe, options) =>
        stripe.paymentIntents.capture(paymentId, {}, options),
      ),

    void: (paymentId) =>
      moveTo(toVoided, paymentId, (stripe, options) => stripe.paymentIntents.cancel(paymentId, {}, options)),

    refund: (paymentId, refundId, amount: Amount): Promise<ProviderResult<RefundedPayment>> =>
      attempt(async (stripe) => {
        // Stripe forgets keys after a day, a message that is redriven may be older: look first. The key holds
        // off whoever asks for the same refund between this look and the call.
        const [intent, known] = await Promise.all([
          stripe.paymentIntents.retrieve(paymentId),
          findRefund(stripe, paymentId, refundId),
        ]);
        if (known !== undefined) return { ok: true, value: refundedOf(known) };
        const read = readIntent(intent);
        // A refund of money that was only set aside would set it free behind our back.
        if (paymentStatusOf(read) !== 'captured')
          return { ok: false, reason: 'refused', code: 'payment_not_captured' };
        // As the payment names it: a repeat asks with the same words, whichever version asked first.
        const { payableId, orderId } = read.metadata;
        const made = await stripe.refunds.create(
          {
            payment_intent: paymentId,
            amount: amount.amount,
            metadata: {
              refundId,
              ...(payableId !== undefined && { payableId }),
              ...(orderId !== undefined && { orderId }),
            },
          },
          { idempotencyKey: `refund/${refundId}` },
        );
        return { ok: true, value: refundedOf(readRefund(made)) };
      }),

    read: (paymentId): Promise<ProviderResult<PaymentNews>> =>
      attempt(async (stripe) => {
        const news = paymentNewsOf(readIntent(await stripe.paymentIntents.retrieve(paymentId)));
        return news === undefined
          ? { ok: false, reason: 'refused', code: 'payment_not_ours' }
          : { ok: true, value: news };
      }),
  };
};

interface Move {
  readonly reached: PaymentStatus;
  /** Where Stripe allows it: https://docs.stripe.com/payments/paymentintents/lifecycle */
  readonly from: readonly ReadIntent['status'][];
}

const toCaptured: Move = { reached: 'captured', from: ['requires_capture'] };
const toVoided: Move = {
  reached: 'voided',
  from: ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'],
};

/**
 * Methods of payment whose money can be set aside first: cards (with the wallets that carry cards) and Link.
 * All others that the account offers are charged at once, and refunded where what they paid is lost.
 * https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
 */
const capturedLater = {
  card: { capture_method: 'manual' },
  link: { capture_method: 'manual' },
} as const;

const intentOf = ({
  payableId,
  amount,
  description,
  email,
}: NewPayment): Stripe.PaymentIntentCreateParams => {
  const suffix = statementSuffix(description);
  return {
    amount: amount.amount,
    currency: amount.currency.toLowerCase(),
    // Not `manual` for all: then methods that cannot be captured later are not offered.
    capture_method: 'automatic_async',
    payment_method_options: capturedLater,
    automatic_payment_methods: { enabled: true },
    description,
    ...(suffix !== undefined && { statement_descriptor_suffix: suffix }),
    ...(email !== undefined && { receipt_email: email }),
    metadata: { payableId },
  };
};

/** 22 characters less the longest prefix of an account (10) and what Stripe puts between (2). */
const maxSuffixLength = 10;

/**
 * A description as card statements take it: Latin letters, digits and some signs, at least one letter; undefined
 * when none is left. https://docs.stripe.com/get-started/account/statement-descriptors
 */
export const statementSuffix = (description: string): string | undefined => {
  const plain = description
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9 .,&/-]/g, '')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, maxSuffixLength)
    .trim();
  return /[A-Za-z]/.test(plain) ? plain : undefined;
};

/** Keys that are tried for one call. */
const maxKeys = 3;

/**
 * Stripe keeps failures under a key as well, a 500 or a refusal that no longer holds, and replays them for a
 * day. What is replayed says nothing of now: the call is made again with the next key. Only for calls that a
 * second execution cannot do twice: a payment is captured or cancelled once whatever the keys, and of two
 * created ones nobody but the last is ever shown to a customer.
 * https://docs.stripe.com/api/idempotent_requests
 */
const withFreshKey = async <T>(
  key: string,
  call: (options: Stripe.RequestOptions) => Promise<T>,
): Promise<T> => {
  for (let number = 1; ; number += 1) {
    try {
      return await call({ idempotencyKey: number === 1 ? key : `${key}/${number}` });
    } catch (error) {
      const isOld = isStripeFailure(error) && isReplayed(error);
      if (!isOld || number === maxKeys) throw error;
    }
  }
};

/** A page of Stripe’s lists at most. */
const pageSize = 100;

const findRefund = async (
  stripe: Stripe,
  paymentId: string,
  refundId: string,
): Promise<ReadRefund | undefined> => {
  const made = stripe.refunds.list({ payment_intent: paymentId, limit: pageSize });
  for await (const refund of made) {
    if (refund.metadata?.['refundId'] === refundId) return readRefund(refund);
  }
  return undefined;
};

const refundedOf = (refund: ReadRefund): RefundedPayment => ({
  providerRefundId: refund.id,
  status: refundStatusOf(refund),
});
