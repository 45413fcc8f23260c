import * as z from 'zod';
import type { PaymentNews, PaymentStatus, RefundNews, RefundStatus, ToldNews } from './payment-port.ts';

/** https://docs.stripe.com/payments/paymentintents/lifecycle, of an API version that is pinned. */
const intentStatus = z.enum([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
]);

/** What is read of a PaymentIntent. */
const paymentIntent = z.object({
  id: z.string(),
  status: intentStatus,
  metadata: z.record(z.string(), z.string()),
  /** The authorization, where there was one. */
  latest_charge: z.string().nullish(),
  last_payment_error: z
    .object({ code: z.string().optional(), decline_code: z.string().optional() })
    .nullish(),
});

/** What is read of a Refund. */
const refund = z.object({
  id: z.string(),
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']).nullable(),
  payment_intent: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
});

export type ReadIntent = z.output<typeof paymentIntent>;
export type ReadRefund = z.output<typeof refund>;

/** @throws ZodError when Stripe answers something that its API version does not have. */
export const readIntent = (object: unknown): ReadIntent => paymentIntent.parse(object);
/** @throws ZodError when Stripe answers something that its API version does not have. */
export const readRefund = (object: unknown): ReadRefund => refund.parse(object);

/** What a PaymentIntent is to us. A failed attempt leaves it open: the customer may try another card. */
export const paymentStatusOf = ({ status, last_payment_error }: ReadIntent): PaymentStatus => {
  switch (status) {
    case 'requires_payment_method':
      return last_payment_error ? 'declined' : 'created';
    case 'requires_confirmation':
    case 'requires_action':
    case 'processing':
      return 'created';
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return 'captured';
    case 'canceled':
      return 'voided';
  }
};

/**
 * What is paid, by the metadata that we gave it; undefined when nothing of ours is. Payments made before there
 * was more to pay than orders have `orderId`.
 */
const payableOf = (metadata: Readonly<Record<string, string>> | null): string | undefined =>
  metadata?.['payableId'] ?? metadata?.['orderId'];

/** What a PaymentIntent tells; undefined when it was not made for something of ours. */
export const paymentNewsOf = (intent: ReadIntent): PaymentNews | undefined => {
  const payableId = payableOf(intent.metadata);
  if (payableId === undefined) return undefined;
  const status = paymentStatusOf(intent);
  const declineCode = intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code;
  return {
    provider: 'stripe',
    paymentId: intent.id,
    payableId,
    status,
    ...(status === 'declined' && { isFinal: false, ...(declineCode !== undefined && { declineCode }) }),
  };
};

export const refundStatusOf = ({ status }: ReadRefund): RefundStatus => {
  switch (status) {
    case null:
    case 'pending':
    case 'requires_action':
      return 'pending';
    case 'succeeded':
      return 'succeeded';
    case 'failed':
    case 'canceled':
      return 'failed';
  }
};

/** What a Refund tells; undefined for one that was made elsewhere (in Stripe’s dashboard, say). */
export const refundNewsOf = (object: ReadRefund): RefundNews | undefined => {
  const payableId = payableOf(object.metadata);
  const refundId = object.metadata?.['refundId'];
  if (payableId === undefined || refundId === undefined || object.payment_intent === null) return undefined;
  return {
    provider: 'stripe',
    paymentId: object.payment_intent,
    payableId,
    refundId,
    providerRefundId: object.id,
    status: refundStatusOf(object),
  };
};

/** What an event is about, as far as we care. */
export type EventSubject = ToldNews | { readonly kind: 'none' };

const paymentEvents = new Set([
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
]);
/**
 * `charge.refunded` is not among them: it has the sum of a charge’s refunds, not which refund it was, and each
 * refund has events of its own.
 */
const refundEvents = new Set(['refund.created', 'refund.updated', 'refund.failed']);

/** Events to select for the webhook endpoint. */
export const stripeWebhookEvents: readonly string[] = [...paymentEvents, ...refundEvents];

const event = z.object({ type: z.string(), data: z.object({ object: z.unknown() }) });

/**
 * What a verified event says. Types that are not asked for, and objects that are not ours, say nothing.
 * @throws ZodError when an event of a known type does not look as the pinned API version has it.
 */
export const subjectOf = (verified: unknown): EventSubject => {
  const { type, data } = event.parse(verified);
  if (paymentEvents.has(type)) {
    const news = paymentNewsOf(readIntent(data.object));
    return news === undefined
      ? { kind: 'none' }
      : { kind: 'payment', news, isLast: news.status === 'captured' || news.status === 'voided' };
  }
  if (refundEvents.has(type)) {
    const news = refundNewsOf(readRefund(data.object));
    return news === undefined ? { kind: 'none' } : { kind: 'refund', news };
  }
  return { kind: 'none' };
};
