import { decideNews, type PaymentNews } from '../payments/contracts.ts';
import { confirmOrder } from './confirm-order.ts';
import { endOrder } from './end-order.ts';
import { type Order, orderTimers } from './order.ts';
import type { OrderFields } from './order-store.ts';
import type { OrderPorts, Stamp } from './ports.ts';

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
    const known = { status: order.payment?.status, isAwaited: orderTimers[order.status] !== undefined };
    switch (decideNews(known, news)) {
      case 'give':
        return confirmOrder(ports, order, fields, stamp);
      case 'end':
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
