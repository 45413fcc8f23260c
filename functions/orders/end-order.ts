import type { CancelReason, Order } from './order.ts';
import type { OrderChanged, OrderFields } from './order-store.ts';
import type { OrderPorts, Stamp } from './ports.ts';

/**
 * Ends an order that was not confirmed: the one write that every way to its end comes to. What follows from it
 * (its payment, its holds, its machine) is the work of the consumer of ORDER-CANCELLED.
 */
export const endOrder = (
  { orders }: Pick<OrderPorts, 'orders'>,
  order: Order,
  cancelReason: CancelReason,
  paid: Pick<OrderFields, 'payment' | 'captured'>,
  stamp: Stamp,
): Promise<OrderChanged> =>
  orders.change(order, 'cancel', { ...paid, cancelReason }, stamp('order.cancelled'));
