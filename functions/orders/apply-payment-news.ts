import { confirmOrder } from './confirm-order.ts';
import { endOrder } from './end-order.ts';
import type { Order } from './order.ts';
import type { OrderFields } from './order-store.ts';
import { type PaymentNews, paymentTransitions } from './payments/payment-port.ts';
import type { OrderPorts, Stamp } from './ports.ts';

/** What news of a payment means for its order. */
export type NewsDecision =
  /** Money is there: take the places. */
  | 'confirm'
  /** It will not come: the order ends. */
  | 'cancel'
  /** The order is past it; what became of the money is noted, and settled from there. */
  | 'note'
  | 'nothing';

/**
 * Decides on news of a payment from what the order is and what is known of the payment. Old news, and news
 * that was told before, decide on nothing.
 */
export const decideNews = (
  order: Pick<Order, 'status' | 'payment'>,
  news: Pick<PaymentNews, 'status' | 'isFinal'>,
): NewsDecision => {
  const isNew = paymentTransitions[order.payment?.status ?? 'created'].includes(news.status);
  if (!isNew) return 'nothing';
  const isOpen = order.status === 'pending' || order.status === 'awaiting_payment';
  if (!isOpen) return 'note';
  switch (news.status) {
    case 'authorized':
    case 'captured':
      return 'confirm';
    case 'declined':
      return news.isFinal ? 'cancel' : 'note';
    case 'voided':
      return 'cancel';
    case 'created':
      return 'nothing';
  }
};

const fieldsOf = (order: Order, news: PaymentNews): Required<Pick<OrderFields, 'payment' | 'captured'>> => ({
  payment: {
    ...order.payment,
    paymentId: news.paymentId,
    provider: order.provider ?? news.provider,
    status: news.status,
  },
  captured: news.status === 'captured' ? order.total : order.captured,
});

/**
 * Applies news of a payment to its order, whoever brings it: webhook, queue, the customer’s own request, a
 * reconciliation. Any order and any repetition is harmless.
 * @returns the order as it is afterwards.
 */
export const applyPaymentNews = async (
  ports: OrderPorts,
  order: Order,
  news: PaymentNews,
  stamp: Stamp,
): Promise<Order> => {
  if (order.payment !== undefined && order.payment.paymentId !== news.paymentId)
    throw new Error(`Order ${order.orderId} has payment ${order.payment.paymentId}, not ${news.paymentId}`);
  const fields = fieldsOf(order, news);
  const apply = async () => {
    switch (decideNews(order, news)) {
      case 'confirm':
        return confirmOrder(ports, order, fields, stamp);
      case 'cancel':
        return endOrder(ports, order, 'payment_failed', fields, stamp);
      case 'note':
        return ports.orders.change(order, undefined, fields, stamp(`payment.${news.status}`));
      case 'nothing':
        return { kind: 'changed', order } as const;
    }
  };
  const outcome = await apply();
  // Somebody else changed it meanwhile: decided anew on what it is now.
  return outcome.kind === 'stale' ? applyPaymentNews(ports, outcome.order, news, stamp) : outcome.order;
};
