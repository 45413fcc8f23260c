import { endOrder } from './end-order.ts';
import { type CancelReason, type Order, type OrderStatus, orderTransitions } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';

export type CancelOutcome =
  | { readonly kind: 'cancelled'; readonly order: Order }
  /** It was cancelled before, whyever. */
  | { readonly kind: 'over_already'; readonly order: Order }
  | { readonly kind: 'not_allowed'; readonly status: OrderStatus }
  | { readonly kind: 'missing' };

/**
 * Cancels an order that was not confirmed. Whoever changes it at the same instant, one of both is first and the
 * other sees what it is then.
 */
export const cancelOrder = async (
  ports: Pick<OrderPorts, 'orders'>,
  orderId: string,
  cancelReason: CancelReason,
  stamp: Stamp,
): Promise<CancelOutcome> => {
  let order = await ports.orders.get(orderId);
  if (order === undefined) return { kind: 'missing' };
  // Each turn is lost to a change of somebody else, and an order has few.
  for (;;) {
    if (order.status === 'cancelled') return { kind: 'over_already', order };
    if (orderTransitions[order.status].cancel === undefined)
      return { kind: 'not_allowed', status: order.status };
    const result = await endOrder(ports, order, cancelReason, {}, stamp);
    if (result.kind === 'changed') return { kind: 'cancelled', order: result.order };
    order = result.order;
  }
};
