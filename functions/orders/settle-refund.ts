import { type Providers, type RefundNews, refundTransitions } from '../payments/contracts.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import type { Refund } from './refund.ts';

/**
 * Notes what became of a refund. One that failed gives its promise back to the order: the money is still there
 * to be refunded. Old news, and news that was told before, change nothing.
 */
export const applyRefundNews = async (
  ports: Pick<OrderPorts, 'orders'>,
  news: Pick<RefundNews, 'payableId' | 'refundId' | 'providerRefundId' | 'status'>,
  stamp: Stamp,
): Promise<void> => {
  const { orders } = ports;
  const { payableId: orderId, refundId, status, providerRefundId } = news;
  for (;;) {
    const refund = await orders.getRefund(orderId, refundId);
    if (refund === undefined || !refundTransitions[refund.status].includes(status)) return;
    const change = stamp(`refund.${status}`);
    const write = orders.changeRefund(refund, { status, providerRefundId }, change);
    if (status !== 'failed') {
      if ((await orders.transact([write])).written) return;
      continue;
    }
    const order = await orders.get(orderId);
    if (order === undefined) throw new Error(`Refund ${refund.refundId} has no order`);
    const given = { refunded: order.refunded - refund.amount };
    const result = await orders.changeWith(order, undefined, given, change, [write]);
    if (result.kind === 'changed') return;
  }
};

/**
 * Has the provider give the money of a refund back, and notes the answer. Idempotent by the refund’s id.
 * Throws when the provider is out of reach: the message comes again.
 */
export const settleRefund = async (
  ports: Pick<OrderPorts, 'orders'> & { readonly providers: Providers },
  { orderId, refundId }: Pick<Refund, 'orderId' | 'refundId'>,
  stamp: Stamp,
): Promise<void> => {
  const { orders, providers } = ports;
  const [order, refund] = await Promise.all([orders.get(orderId), orders.getRefund(orderId, refundId)]);
  if (refund?.status !== 'requested') return;
  if (refund.amount === 0) {
    // Tickets that cost nothing ended: there is no money to give back.
    await applyRefundNews(
      ports,
      { payableId: orderId, refundId, providerRefundId: '', status: 'succeeded' },
      stamp,
    );
    return;
  }
  if (order?.payment === undefined) throw new Error(`Refund ${refundId} is of an order without a payment`);
  const { payment } = order;
  const provider = await providers(payment.provider);
  const answer = await provider.refund(payment.paymentId, refundId, refund);
  if (!answer.ok && answer.reason === 'unavailable')
    throw new Error(`Refund ${refundId}: the provider is out of reach`);
  await applyRefundNews(
    ports,
    {
      payableId: orderId,
      refundId,
      providerRefundId: answer.ok ? answer.value.providerRefundId : '',
      status: answer.ok ? answer.value.status : 'failed',
    },
    stamp,
  );
};
