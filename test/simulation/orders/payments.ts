import type {
  PaymentNews,
  PaymentProvider,
  PaymentStatus,
  ProviderResult,
  RefundNews,
  RefundStatus,
} from '../../../functions/payments/payment-port.ts';

/** A payment as it truly is, at the provider. */
export interface TruePayment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: number;
  status: PaymentStatus;
  isFinal: boolean;
  readonly refunds: Map<string, { readonly amount: number; status: RefundStatus }>;
}

/** Who is told what the provider is asked for. */
interface Observer {
  report(invariant: 'money', text: string): void;
  onCapture(orderId: string): void;
}

/** What a customer does at the provider. */
export type Paying = 'authorize' | 'charge' | 'decline' | 'decline for good';

/** Minor units that were given back or are about to be. */
export const givenBack = ({ refunds }: TruePayment): number =>
  [...refunds.values()].reduce((sum, { amount, status }) => sum + (status === 'failed' ? 0 : amount), 0);

const refused = (code: string) => ({ ok: false, reason: 'refused', code }) as const;

/**
 * The provider itself: does what the port demands at the instant it is asked, and tells news of it. That answers
 * and news come late, twice or never is the work of the schedule.
 * @param refundTo what becomes of a new refund at once.
 */
export const openPayments = (
  referee: Observer,
  tell: (news: PaymentNews) => void,
  tellRefund: (news: RefundNews) => void,
  refundTo: () => RefundStatus,
) => {
  const payments = new Map<string, TruePayment>();

  const newsOf = ({ paymentId, orderId, status, isFinal }: TruePayment): PaymentNews => ({
    provider: 'stripe',
    paymentId,
    payableId: orderId,
    status,
    ...(status === 'declined' && { isFinal }),
  });
  const become = (payment: TruePayment, status: PaymentStatus): void => {
    payment.status = status;
    tell(newsOf(payment));
  };
  const move = (
    paymentId: string,
    from: readonly PaymentStatus[],
    to: PaymentStatus,
  ): ProviderResult<PaymentStatus> => {
    const payment = payments.get(paymentId);
    if (payment === undefined) return refused('unknown_payment');
    if (payment.status === to) return { ok: true, value: to };
    if (!from.includes(payment.status)) return refused(`payment_${payment.status}`);
    if (to === 'captured') referee.onCapture(payment.orderId);
    become(payment, to);
    return { ok: true, value: to };
  };

  const provider: PaymentProvider = {
    name: 'stripe',
    async create({ payableId: orderId, amount }) {
      const paymentId = `pay-${orderId}`;
      const known = payments.get(paymentId);
      if (known !== undefined && known.amount !== amount.amount)
        referee.report('money', `${orderId} asks for ${amount.amount}, and asked for ${known.amount}`);
      const payment: TruePayment = known ?? {
        paymentId,
        orderId,
        amount: amount.amount,
        status: 'created',
        isFinal: false,
        refunds: new Map(),
      };
      payments.set(paymentId, payment);
      return { ok: true, value: { paymentId, status: payment.status } };
    },
    capture: async (paymentId) => move(paymentId, ['authorized'], 'captured'),
    void: async (paymentId) => move(paymentId, ['created', 'authorized', 'declined'], 'voided'),
    async refund(paymentId, refundId, { amount }) {
      const payment = payments.get(paymentId);
      if (payment === undefined) return refused('unknown_payment');
      const known = payment.refunds.get(refundId);
      if (known !== undefined)
        return { ok: true, value: { providerRefundId: `re-${refundId}`, status: known.status } };
      if (payment.status !== 'captured' || givenBack(payment) + amount > payment.amount) {
        referee.report('money', `${payment.orderId}: ${amount} to be refunded are more than was captured`);
        return refused('amount_too_large');
      }
      const status = refundTo();
      payment.refunds.set(refundId, { amount, status });
      return { ok: true, value: { providerRefundId: `re-${refundId}`, status } };
    },
    async read(paymentId) {
      const payment = payments.get(paymentId);
      return payment === undefined ? refused('unknown_payment') : { ok: true, value: newsOf(payment) };
    },
  };

  return {
    provider,
    of: (orderId: string): TruePayment | undefined => payments.get(`pay-${orderId}`),

    /** The customer pays, or tries to; tells whether the provider let them. */
    pay(orderId: string, how: Paying): boolean {
      const payment = payments.get(`pay-${orderId}`);
      const isOpen = payment?.status === 'created' || (payment?.status === 'declined' && !payment.isFinal);
      if (payment === undefined || !isOpen) return false;
      payment.isFinal = how === 'decline for good';
      become(payment, how === 'authorize' ? 'authorized' : how === 'charge' ? 'captured' : 'declined');
      return true;
    },

    /** The bank is done with refunds that it was working on, or some of them: they come through, or do not. */
    endRefunds(isFailing: () => boolean, isDone: () => boolean): boolean {
      let isAny = false;
      for (const { paymentId, orderId, refunds } of payments.values())
        for (const [refundId, refund] of refunds) {
          if (refund.status !== 'pending' || !isDone()) continue;
          refund.status = isFailing() ? 'failed' : 'succeeded';
          isAny = true;
          const news = { provider: 'stripe', paymentId, payableId: orderId, refundId } as const;
          tellRefund({ ...news, providerRefundId: `re-${refundId}`, status: refund.status });
        }
      return isAny;
    },
  };
};
