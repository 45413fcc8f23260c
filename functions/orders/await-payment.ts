import { type Order, orderTimers } from './order.ts';
import type { OrderPorts } from './ports.ts';

/**
 * The order’s machine begins to wait: its token is kept for whoever ends the order. Token and end may come in
 * either order: the token is written first and the order read after it, who settles an ended order does it the
 * other way round, so that one of both sees the other.
 */
export const awaitPayment = async (
  {
    orders,
    answerToken,
  }: Pick<OrderPorts, 'orders'> & {
    readonly answerToken: (taskToken: string, order: Order) => Promise<void>;
  },
  orderId: string,
  taskToken: string,
  payBy: number,
): Promise<void> => {
  await orders.putToken(orderId, taskToken, payBy);
  const order = await orders.get(orderId);
  if (order === undefined) throw new Error(`There is no order ${orderId} to wait for`);
  if (orderTimers[order.status] === undefined) await answerToken(taskToken, order);
};
