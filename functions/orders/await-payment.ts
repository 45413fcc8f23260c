import { orderTimers } from './order.ts';
import type { SettlementPorts } from './settle-order.ts';

/**
 * The order’s machine begins to wait: its token is kept for whoever ends the order. Token and end may come in
 * either order: the token is written first and the order read after it, who settles an ended order does it the
 * other way round, so that one of both sees the other.
 */
export const awaitPayment = async (
  { orders, clock, answerToken }: Pick<SettlementPorts, 'orders' | 'clock' | 'answerToken'>,
  orderId: string,
  taskToken: string,
  payBy: number,
): Promise<void> => {
  await orders.putToken(orderId, taskToken, payBy);
  const order = await orders.get(orderId);
  // Machines are started by orders that exist: the reconciliation ends one that waits for none, and tells of it.
  if (order === undefined) return orders.putOrphanToken(orderId, taskToken, payBy, clock());
  if (orderTimers[order.status] === undefined) await answerToken(taskToken, order);
};
