import { type PaymentNews, type PaymentStatus, paymentTransitions } from './payment-port.ts';

/** What news of a payment means for what it pays. */
export type NewsDecision =
  /** Money is there: what is paid is given. */
  | 'give'
  /** It will not come: what waits for it ends. */
  | 'end'
  /** Nothing waits for it any more; what became of the money is noted, and settled from there. */
  | 'note'
  | 'nothing';

/** What is known before the news. */
export interface KnownPayment {
  /** Undefined as long as nothing was noted of the payment. */
  readonly status: PaymentStatus | undefined;
  /** Whether what it pays still waits for it. */
  readonly isAwaited: boolean;
}

/**
 * Decides on news of a payment. Old news, and news that was told before, decide on nothing.
 */
export const decideNews = (
  { status, isAwaited }: KnownPayment,
  news: Pick<PaymentNews, 'status' | 'isFinal'>,
): NewsDecision => {
  const isNew = paymentTransitions[status ?? 'created'].includes(news.status);
  if (!isNew) return 'nothing';
  if (!isAwaited) return 'note';
  switch (news.status) {
    case 'authorized':
    case 'captured':
      return 'give';
    case 'declined':
      return news.isFinal ? 'end' : 'note';
    case 'voided':
      return 'end';
    case 'created':
      return 'nothing';
  }
};
