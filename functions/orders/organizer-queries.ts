import type { EventReader } from '../catalog/event-contracts.ts';
import { ok, problem } from '../platform/answer.ts';
import { encodeCursor } from '../platform/cursor.ts';
import { invalidCursor } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import type { Table } from '../platform/table.ts';
import { refundsOfCancellation } from './cancellation-refunds.ts';
import { findOrder, findOrders, itemsOf, maxExamined } from './find-orders.ts';
import { linkToNext, positionOf } from './list-cursor.ts';
import type { Order } from './order.ts';
import { type Orders, sessionListKey } from './order-store.ts';
import { maxFailedShown, type organizerQueryRoutes } from './organizer-routes.ts';

/** Reader of the session that the organizer’s policies are about. */
export type SessionLoaders = Pick<EventReader, 'session'>;

/** An order as the organizer of one of its sessions sees it in a list. */
const sessionOrderView = (order: Order, sessionId: string) => {
  const money = (amount: number) => ({ amount, currency: order.currency });
  return {
    id: order.orderId,
    status: order.status,
    ...(order.cancelReason !== undefined && { cancelReason: order.cancelReason }),
    customer: order.customer,
    places: itemsOf(order, sessionId).map((item) => ({
      place: item.place,
      ticketTypeId: item.ticketTypeId,
      ticketTypeName: item.ticketTypeName,
      total: money(item.total),
      attendee: item.attendee,
      status: item.status,
    })),
    total: money(order.total),
    refunded: money(order.refunded),
    ...(order.payment !== undefined && { paymentStatus: order.payment.status }),
    ...(order.promoCode !== undefined && { promoCode: order.promoCode }),
    createdAt: order.createdAt,
  };
};

export const organizerQueries = (
  orders: Orders,
  table: Table,
): Handlers<typeof organizerQueryRoutes, SessionLoaders> => ({
  async listOrders({ params: { sessionId }, query: { limit, cursor, status, search } }) {
    const from = positionOf(cursor, sessionListKey(sessionId), 'ORDER#');
    if (!from.ok) return invalidCursor();
    const isAddress = search?.includes('@') ?? false;
    const found =
      search === undefined || isAddress
        ? await findOrders(orders, sessionId, { status, email: search }, { limit, from: from.from })
        : await findOrder(orders, sessionId, { status }, search);
    const nextCursor = encodeCursor(found.next);
    return ok(200, {
      items: found.orders.map((order) => sessionOrderView(order, sessionId)),
      ...(nextCursor !== undefined && { nextCursor }),
    });
  },

  async exportOrders({ params: { sessionId }, query: { cursor, status } }) {
    const from = positionOf(cursor, sessionListKey(sessionId), 'ORDER#');
    if (!from.ok) return invalidCursor();
    const { ordersCsv } = await import('./orders-csv.ts');
    const found = await findOrders(orders, sessionId, { status }, { limit: maxExamined, from: from.from });
    return ok(200, ordersCsv(found.orders, sessionId, { isFirst: cursor === undefined }), {
      headers: {
        'Content-Disposition': `attachment; filename="orders-${sessionId}.csv"`,
        ...linkToNext(found.next, { ...(status !== undefined && { status }) }),
      },
    });
  },

  async getCancellation({ params: { sessionId }, resource: { entity } }) {
    if (entity.status !== 'cancelled')
      return problem('NOT_FOUND', { detail: 'This session is not cancelled.' });
    const [progress, { counts, failed }] = await Promise.all([
      orders.getCancellation(sessionId),
      refundsOfCancellation(table, sessionId),
    ]);
    return ok(200, {
      status: progress?.status ?? 'waiting',
      orders: {
        done: progress?.orders ?? 0,
        ...(progress !== undefined && { remaining: Math.max(0, progress.total - progress.orders) }),
      },
      refunds: {
        done: counts.succeeded,
        remaining: counts.requested + counts.pending,
        failed: counts.failed,
      },
      failed: failed.slice(0, maxFailedShown),
      ...(progress !== undefined && { updatedAt: progress.updatedAt }),
    });
  },
});
