import { contentId } from '../platform/ids.ts';
import { cancelOrder } from './cancel-order.ts';
import { endingWrites, withEnded } from './create-refund.ts';
import { refundable } from './money-due.ts';
import type { Order } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import { releasePromoUse } from './promo-store.ts';
import { requestRefund } from './request-refund.ts';
import type { SettlementPorts } from './settle-order.ts';

/** What an order of a cancelled session comes to. */
export type UndoDecision =
  /** It waits for its payment: it ends. */
  | 'cancel'
  /** All that is valid of it is of this session: it is undone, and its settlement gives all money back. */
  | 'undo'
  /** It has places of other sessions too: those of this one are refunded. */
  | 'refund_part'
  | 'nothing';

export const decideUndo = (order: Pick<Order, 'status' | 'items'>, sessionId: string): UndoDecision => {
  if (order.status === 'cancelled') return 'nothing';
  if (order.status !== 'confirmed') return 'cancel';
  const valid = order.items.filter(({ status }) => status === 'valid');
  const ofSession = valid.filter((item) => item.sessionId === sessionId);
  if (ofSession.length === 0) return 'nothing';
  return ofSession.length === valid.length ? 'undo' : 'refund_part';
};

/**
 * Undoes an order of a cancelled session, as far as it is of that session. Fees go back too: nobody got anything
 * for them. Repeating it changes nothing.
 * Throws while money is set aside but not captured yet, where only a part can go back: to be tried again.
 */
export const undoOrder = async (
  ports: Pick<OrderPorts, 'orders' | 'tables'>,
  orderId: string,
  sessionId: string,
  stamp: Stamp,
): Promise<void> => {
  const { orders, tables } = ports;
  for (;;) {
    const order = await orders.get(orderId);
    if (order === undefined) return;
    const decision = decideUndo(order, sessionId);
    if (decision === 'nothing') return;
    if (decision === 'cancel') {
      const ended = await cancelOrder(ports, orderId, 'session_cancelled', stamp);
      if (ended.kind !== 'not_allowed') return;
      // It was confirmed at this very moment.
      continue;
    }
    const ended = order.items.filter((item) => item.status === 'valid' && item.sessionId === sessionId);
    const items = withEnded(order, ended, 'cancelled');
    const change = stamp('order.undone');
    const writes = endingWrites(tables, ended, 'cancelled', false, change);
    if (decision === 'undo') {
      const fields = {
        cancelReason: 'session_cancelled',
        cancelledSessionId: sessionId,
        items,
      } as const;
      const result = await orders.changeWith(order, 'undo', fields, change, [
        ...writes,
        ...(order.promoUse === undefined ? [] : [releasePromoUse(order.promoUse)]),
      ]);
      if (result.kind === 'changed') return;
      if (result.kind === 'refused') throw new Error(`Order ${orderId} has tickets that have ended`);
      continue;
    }
    if (order.payment?.status === 'authorized') throw new Error(`Order ${orderId} is not captured yet`);
    const cost = ended.reduce((sum, { total }) => sum + total, 0);
    const outcome = await requestRefund(
      ports,
      order,
      {
        refundId: contentId('rfd', `${orderId} without ${sessionId}`),
        amount: Math.min(cost, refundable(order)),
        ticketIds: ended.map(({ ticketId }) => ticketId),
        reason: 'session_cancelled',
        cancelledSessionId: sessionId,
        requestHash: sessionId,
      },
      items,
      writes,
      stamp,
    );
    if (outcome.kind === 'requested' || outcome.kind === 'replayed') return;
    if (outcome.kind === 'refused') throw new Error(`Order ${orderId} has tickets that have ended`);
  }
};

/** A batch of the orders of a cancelled session: where it begins, and how many were looked at before. */
export interface UndoBatch {
  readonly sessionId: string;
  readonly done: number;
  /** Orders in all; counted by the first batch. */
  readonly total?: number | undefined;
  readonly from?: Readonly<Record<string, unknown>> | undefined;
}

/** Orders of one batch: each takes a few calls, and a run has a minute. */
const ordersPerBatch = 25;

/**
 * Undoes a batch of the orders of a cancelled session, notes how far that is, and asks for the next batch. A run
 * that is cut off is repeated by its queue: what it has undone stays undone.
 */
export const undoBatch = async (
  ports: Pick<SettlementPorts, 'orders' | 'tables'> & {
    /** How many orders a session has. */
    readonly countOrders: (sessionId: string) => Promise<number>;
  },
  { sessionId, done, from, ...batch }: UndoBatch,
  askForNext: (batch: UndoBatch) => Promise<void>,
  stamp: Stamp,
): Promise<void> => {
  const total = batch.total ?? (await ports.countOrders(sessionId));
  const note = (orders: number, status: 'running' | 'done') =>
    ports.orders.noteCancellation(sessionId, { orders, total, status, updatedAt: stamp('orders.undone').at });
  if (done === 0) await note(0, 'running');
  const page = await ports.orders.ofSession(sessionId, { limit: ordersPerBatch, from });
  for (const { orderId } of page.orders) await undoOrder(ports, orderId, sessionId, stamp);
  const sum = done + page.orders.length;
  await note(sum, page.next === undefined ? 'done' : 'running');
  if (page.next !== undefined) await askForNext({ sessionId, done: sum, total, from: page.next });
};
