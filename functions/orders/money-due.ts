import type { Order } from './order.ts';

/** Money of an order that is captured and neither given back nor promised to be. */
export const refundable = ({ captured, refunded }: Pick<Order, 'captured' | 'refunded'>): number =>
  captured - refunded;

/** What is due to the money of an order, from what the order and its payment are. */
export type MoneyDue = 'capture' | 'void' | 'refund' | 'nothing';

export const decideMoney = (
  order: Pick<Order, 'status' | 'cancelReason' | 'payment' | 'captured' | 'refunded'>,
): MoneyDue => {
  const status = order.payment?.status;
  if (order.status === 'confirmed') return status === 'authorized' ? 'capture' : 'nothing';
  if (order.status !== 'cancelled') return 'nothing';
  if (status === 'created' || status === 'authorized') return 'void';
  // Only a final decline ends an order; after any other the customer could still pay with another card.
  if (status === 'declined' && order.cancelReason !== 'payment_failed') return 'void';
  return status === 'captured' && refundable(order) > 0 ? 'refund' : 'nothing';
};
