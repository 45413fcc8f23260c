import * as z from 'zod';

/** Providers that a customer may choose from; which of them a stage has is a setting. */
export const providerName = z.enum(['stripe', 'test']);
export type ProviderName = z.output<typeof providerName>;

/** Money: integer minor units and an ISO 4217 code. */
export interface Amount {
  readonly amount: number;
  readonly currency: string;
}

/** What a payment is at its provider. */
export const paymentStatus = z.enum([
  /** The customer has yet to pay. */
  'created',
  /** Money is set aside; nobody was charged. */
  'authorized',
  /** Money was taken. */
  'captured',
  /** The provider refused the customer’s means of payment. */
  'declined',
  /** It was given up: what was set aside is free again. */
  'voided',
]);
export type PaymentStatus = z.output<typeof paymentStatus>;

/**
 * What a payment may become. News comes in any order and more than once: what does not lead on from what is
 * known is old news. A provider may let a customer try again after a decline.
 */
export const paymentTransitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  created: ['authorized', 'captured', 'declined', 'voided'],
  declined: ['authorized', 'captured', 'voided'],
  authorized: ['captured', 'voided'],
  captured: [],
  voided: [],
};

/** What the provider tells of a payment, by webhook, by answer, or when it is asked. */
export interface PaymentNews {
  readonly provider: ProviderName;
  readonly paymentId: string;
  /** Id of what is paid. */
  readonly payableId: string;
  readonly status: PaymentStatus;
  /** A declined payment that the customer may not try again. */
  readonly isFinal?: boolean;
  /** The provider’s own word for why it was declined; never shown as is. */
  readonly declineCode?: string;
}

/**
 * What the provider tells of a refund that was asked for here. A refund moves only to the right: pending →
 * succeeded → failed (a bank may return the money days later). Who keeps the rightmost status it was told needs
 * no order among the news: `laterRefundStatus`.
 */
export interface RefundNews {
  readonly provider: ProviderName;
  readonly paymentId: string;
  /** Id of what is paid. */
  readonly payableId: string;
  /** The id it was asked for with. */
  readonly refundId: string;
  readonly providerRefundId: string;
  readonly status: RefundStatus;
}

export const refundStatus = z.enum(['pending', 'succeeded', 'failed']);
export type RefundStatus = z.output<typeof refundStatus>;

/** Of two statuses of one refund, whichever was told first, the one that it has now. */
export const laterRefundStatus = (one: RefundStatus, other: RefundStatus): RefundStatus =>
  refundStatus.options.indexOf(one) > refundStatus.options.indexOf(other) ? one : other;

/** News as a provider brings it by itself. */
export type ToldNews =
  | {
      readonly kind: 'payment';
      readonly news: PaymentNews;
      /** Nothing follows this state: it is true however late it is told. */
      readonly isLast: boolean;
    }
  | { readonly kind: 'refund'; readonly news: RefundNews };

/** What is asked of a provider. */
export interface NewPayment {
  /** Id of what is paid: an order’s, a lead’s. */
  readonly payableId: string;
  readonly amount: Amount;
  /** What the customer reads on a statement. */
  readonly description: string;
  /** Where the provider sends a receipt; without it sends none. */
  readonly email?: string;
}

export interface CreatedPayment {
  readonly paymentId: string;
  readonly status: PaymentStatus;
  /** With which the customer’s browser pays, where the provider gives one. */
  readonly clientSecret?: string;
}

/** A call that the provider answered, or not. Unavailable ones are tried again with the same key. */
export type ProviderResult<T> =
  | { readonly ok: true; readonly value: T }
  /** It does not answer, is overloaded, or the circuit breaker is open. */
  | { readonly ok: false; readonly reason: 'unavailable'; readonly retryAfterSeconds: number }
  /** It answered that this cannot be; trying again changes nothing. */
  | { readonly ok: false; readonly reason: 'refused'; readonly code: string };

export interface RefundedPayment {
  /** The provider’s own id of the refund. */
  readonly providerRefundId: string;
  readonly status: RefundStatus;
}

/**
 * A provider of payments. Every call is idempotent by the id it is given: a repeat after a lost answer does
 * nothing twice and answers alike.
 */
export interface PaymentProvider {
  readonly name: ProviderName;
  /** Idempotent by `payableId`. */
  create(payment: NewPayment): Promise<ProviderResult<CreatedPayment>>;
  /** Takes the money that is set aside; idempotent by payment. Captured already: ok. */
  capture(paymentId: string): Promise<ProviderResult<PaymentStatus>>;
  /** Gives up a payment that was not captured; idempotent by payment. Voided already: ok. Captured: refused. */
  void(paymentId: string): Promise<ProviderResult<PaymentStatus>>;
  /** Gives back captured money; idempotent by `refundId`. */
  refund(paymentId: string, refundId: string, amount: Amount): Promise<ProviderResult<RefundedPayment>>;
  /** What the payment is now, for reconciliation. */
  read(paymentId: string): Promise<ProviderResult<PaymentNews>>;
}
