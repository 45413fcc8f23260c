import { movePayment, type Providers } from '../payments/contracts.ts';
import { contentId } from '../platform/ids.ts';
import type { EndedOrderHolds } from '../ticketing/contracts.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import { decideMoney, refundable } from './money-due.ts';
import { type Order, orderTimers } from './order.ts';
import { sessionsOf } from './order-store.ts';
import type { OutstandingOrders } from './outstanding-store.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import { lastRefundId, requestRefund } from './request-refund.ts';

export interface SettlementPorts extends OrderPorts {
  readonly orders: OutstandingOrders;
  readonly endedHolds: EndedOrderHolds;
  readonly providers: Providers;
  /** Tells the order’s machine that the order has ended; harmless when it has ended itself: whether it still waited. */
  answerToken(taskToken: string, order: Pick<Order, 'orderId' | 'status'>): Promise<boolean>;
}

/**
 * Brings an order’s money, holds and machine to where the order is. What is due is read from the order, not
 * from the event that woke this: events may come late, twice and in any order.
 * The machine comes first: once the capture is noted the order counts as settled, and nothing may be left then.
 * Throws when a provider is out of reach: the message comes again.
 */
export const settleOrder = async (ports: SettlementPorts, orderId: string, stamp: Stamp): Promise<void> => {
  const { orders } = ports;
  const found = await orders.getMarked(orderId);
  if (found === undefined || orderTimers[found.order.status] !== undefined) return;
  const taskToken = found.order.provider === undefined ? undefined : await orders.getToken(orderId);
  if (taskToken !== undefined) await ports.answerToken(taskToken, found.order);
  const order = await settleMoney(ports, found.order, stamp);
  if (order.status === 'cancelled') await settleHolds(ports, order, stamp);
  if (found.isMarked && isSettledHere(found.order, order)) await orders.unmark(order, stamp('order.settled'));
};

/** Whether the mark of the order is still to be taken off: noting a capture took it off already. */
const isSettledHere = (before: Order, after: Order): boolean =>
  after.status === 'cancelled' || before.payment === undefined || before.payment.status === 'captured';

const settleMoney = async (ports: SettlementPorts, order: Order, stamp: Stamp): Promise<Order> => {
  const due = decideMoney(order);
  const { payment } = order;
  if (due === 'nothing' || payment === undefined) return order;
  if (due === 'refund') return refundRest(ports, order, stamp);
  const provider = await ports.providers(payment.provider);
  const news = await movePayment(provider, { ...payment, payableId: order.orderId }, due);
  return settleMoney(ports, await applyPaymentNews(ports, order, news, stamp), stamp);
};

/** A payment that came after its session was cancelled finds an order that was not confirmed, mostly of one session. */
const cancelledSessionOf = (order: Order): string | undefined => {
  const [only, ...others] = sessionsOf(order);
  const guessed = order.cancelReason === 'session_cancelled' && others.length === 0 ? only : undefined;
  return order.cancelledSessionId ?? guessed;
};

/** Money was taken for an order that has ended: all of it that is left goes back. */
const refundRest = async (ports: SettlementPorts, order: Order, stamp: Stamp): Promise<Order> => {
  const outcome = await requestRefund(
    ports,
    order,
    {
      refundId: lastRefundId(order),
      amount: refundable(order),
      ticketIds: [],
      reason: order.cancelReason ?? 'cancelled',
      cancelledSessionId: cancelledSessionOf(order),
      requestHash: order.orderId,
    },
    undefined,
    [],
    stamp,
  );
  if (outcome.kind === 'stale') return settleMoney(ports, outcome.order, stamp);
  if (outcome.kind === 'refused') throw new Error(`Order ${order.orderId}: its last refund was refused`);
  return order;
};

/**
 * Holds of a cancelled order: given up at once when its customer gave the order up or its places were lost,
 * for whom the next best are held. After a declined payment they stay, so that the customer may order again.
 */
const settleHolds = async (ports: SettlementPorts, order: Order, stamp: Stamp): Promise<void> => {
  const { cancelReason } = order;
  if (cancelReason !== 'customer' && cancelReason !== 'places_lost') return;
  for (const { holdId } of order.holds) await ports.endedHolds.cancelHold(holdId, stamp);
  if (cancelReason === 'places_lost' && order.offeredHoldIds === undefined)
    await offerNextBest(ports, order, stamp);
};

const offerNextBest = async (ports: SettlementPorts, order: Order, stamp: Stamp): Promise<void> => {
  const groups = Map.groupBy(order.items, ({ holdId, ticketTypeId }) => `${holdId}/${ticketTypeId}`);
  const offeredHoldIds: string[] = [];
  for (const [group, items] of groups) {
    const [first] = items;
    if (first === undefined) continue;
    const holdId = contentId('hld', `offer of ${order.orderId}: ${group}`);
    const isHeld = await ports.endedHolds.holdNextBest(
      {
        holdId,
        sessionId: first.sessionId,
        ticketTypeId: first.ticketTypeId,
        quantity: items.length,
        customer: contentId('cst', `order:${order.orderId}`),
      },
      stamp,
    );
    if (isHeld) offeredHoldIds.push(holdId);
  }
  for (let current = order; ; ) {
    if (current.offeredHoldIds !== undefined) return;
    const noted = await ports.orders.change(current, undefined, { offeredHoldIds }, stamp('order.offered'));
    if (noted.kind === 'changed') return;
    current = noted.order;
  }
};
