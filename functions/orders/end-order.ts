import type { CancelReason, Order } from './order.ts';
import type { OrderChanged, OrderFields } from './order-store.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import { releasePromoUse } from './promo-store.ts';

/**
 * Ends an order that was not confirmed: the one write that every way to its end comes to. The use of a promo code
 * is given back with it; what follows (its payment, its holds, its machine) is the work of the consumer of
 * ORDER-CANCELLED.
 */
export const endOrder = async (
  { orders }: Pick<OrderPorts, 'orders'>,
  order: Order,
  cancelReason: CancelReason,
  paid: Pick<OrderFields, 'payment' | 'captured'>,
  stamp: Stamp,
): Promise<OrderChanged> => {
  const fields = { ...paid, cancelReason };
  const change = stamp('order.cancelled');
  if (order.promoUse === undefined) return orders.change(order, 'cancel', fields, change);
  const result = await orders.changeWith(order, 'cancel', fields, change, [releasePromoUse(order.promoUse)]);
  if (result.kind === 'refused')
    throw new Error(`Order ${order.orderId} has a promo use that was not claimed`);
  return result;
};
