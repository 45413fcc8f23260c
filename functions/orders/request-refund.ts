import { contentId } from '../platform/ids.ts';
import type { TransactionWrite } from '../platform/table.ts';
import { refundable } from './money-due.ts';
import type { Order, OrderItem } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import type { Refund } from './refund.ts';

export type RefundOutcome =
  | { readonly kind: 'requested'; readonly refund: Refund }
  | { readonly kind: 'replayed'; readonly refund: Refund }
  /** The order has changed since it was read. */
  | { readonly kind: 'stale'; readonly order: Order }
  /** A write beside it was refused: a ticket has ended already. */
  | { readonly kind: 'refused' };

/**
 * Promises money of an order back: the refund and the sum on the order in one transaction, so that never more
 * than was captured is promised, by however many at once.
 * @param items the order’s items afterwards, where tickets end with it.
 */
export const requestRefund = async (
  { orders }: Pick<OrderPorts, 'orders'>,
  order: Order,
  wanted: Pick<Refund, 'refundId' | 'amount' | 'ticketIds' | 'reason' | 'cancelledSessionId' | 'requestHash'>,
  items: readonly OrderItem[] | undefined,
  beside: readonly TransactionWrite[],
  stamp: Stamp,
): Promise<RefundOutcome> => {
  const change = stamp('refund.requested');
  if (wanted.amount > refundable(order))
    throw new Error(`Order ${order.orderId} has less than that to refund`);
  const refund: Refund = {
    ...wanted,
    orderId: order.orderId,
    organizationId: order.organizationId,
    status: 'requested',
    currency: order.currency,
    createdAt: change.at,
    revision: 1,
  };
  const result = await orders.changeWith(
    order,
    undefined,
    { refunded: order.refunded + wanted.amount, ...(items !== undefined && { items }) },
    change,
    [orders.putRefund(refund, change), ...beside],
  );
  if (result.kind === 'changed') return { kind: 'requested', refund };
  const old = await orders.getRefund(order.orderId, wanted.refundId);
  if (old !== undefined) return { kind: 'replayed', refund: old };
  return result.kind === 'stale' ? result : { kind: 'refused' };
};

/** The refund of all that an ended order still has: always the same one, whoever asks for it. */
export const lastRefundId = ({ orderId }: Pick<Order, 'orderId'>): string =>
  contentId('rfd', `what is left of ${orderId}`);
