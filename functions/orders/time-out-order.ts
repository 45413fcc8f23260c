import type { Providers } from '../payments/contracts.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import { cancelOrder } from './cancel-order.ts';
import { type Order, orderTimers } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';

export type TimeOutOutcome =
  | { readonly kind: 'over'; readonly status: Order['status'] }
  /** By this clock its time has not come. */
  | { readonly kind: 'not_due'; readonly payBy: number };

/**
 * Ends an order whose time to pay is over. Before that the provider is asked once more: money that was set aside
 * in time, of which no news came, takes the places. When the provider does not answer the order ends; a payment
 * that turns up later is voided or refunded like any late one.
 */
export const timeOutOrder = async (
  ports: OrderPorts & { readonly providers: Providers },
  orderId: string,
  stamp: Stamp,
): Promise<TimeOutOutcome> => {
  const order = await ports.orders.get(orderId);
  if (order === undefined) throw new Error(`There is no order ${orderId} to time out`);
  const timer = orderTimers[order.status];
  if (timer === undefined) return { kind: 'over', status: order.status };
  const { payBy, payment } = order;
  if (payBy === undefined) throw new Error(`Order ${orderId} waits without a deadline`);
  if (payBy >= ports.clock()) return { kind: 'not_due', payBy };
  if (payment !== undefined) {
    const answer = await (await ports.providers(payment.provider)).read(payment.paymentId);
    if (answer.ok) await applyPaymentNews(ports, order, answer.value, stamp);
  }
  const ended = await cancelOrder(ports, orderId, timer.cancelReason, stamp);
  if (ended.kind === 'missing') throw new Error(`Order ${orderId} vanished`);
  return { kind: 'over', status: ended.kind === 'not_allowed' ? ended.status : 'cancelled' };
};
