import { routes } from '../../functions/routes.ts';
import type { Api } from './api.ts';
import type { Order } from './checkout.ts';
import type { BoughtTicket } from './evening.ts';
import { inParallel, until } from './parallel.ts';

const settlesWithinMs = 300_000;
const lookEveryMs = 250;

/** The order once nothing is under way with its money: captured or let go, and all refunds at their end. */
export const settled = (api: Api, orderId: string): Promise<Order> =>
  until(
    `the money of order ${orderId}`,
    settlesWithinMs,
    async () => {
      const order = await api.must(200, routes.getOrder, { params: { orderId } });
      const { status, payment, refunds } = order;
      const isTaken = payment?.status === 'captured';
      const isLetGo = payment?.status === 'voided' || payment?.status === 'declined';
      const given = refunds.reduce(
        (sum, refund) => sum + (refund.status === 'succeeded' ? refund.amount.amount : 0),
        0,
      );
      const isBack = given === order.refunded.amount;
      const isOver = status === 'confirmed' ? isTaken : status === 'cancelled' && (isTaken || isLetGo);
      return isOver && isBack ? order : undefined;
    },
    lookEveryMs,
  );

/** The tickets of confirmed orders, with the codes that their buyers printed. */
export const readBought = (
  visitor: Api,
  orders: readonly Order[],
  connections: number,
): Promise<readonly BoughtTicket[]> => {
  const tickets = orders.flatMap((order) => order.tickets.map(({ id }) => ({ id, orderId: order.id })));
  return inParallel(connections, tickets, async ({ id, orderId }) => {
    const { serial, code } = await visitor.must(200, routes.getTicket, { params: { ticketId: id } });
    return { id, serial, orderId, code };
  });
};

/** The organizer gives the money of single tickets back. */
export const refundTickets = (
  organizer: Api,
  tickets: readonly BoughtTicket[],
  connections: number,
): Promise<unknown> =>
  inParallel(connections, tickets, ({ id, orderId }) =>
    organizer.must(201, routes.createRefund, {
      idempotencyKey: crypto.randomUUID(),
      params: { orderId },
      body: { ticketIds: [id], reason: 'Ill on the day' },
    }),
  );

/** The organizer undoes whole orders. */
export const undoOrders = (
  organizer: Api,
  orderIds: readonly string[],
  connections: number,
): Promise<unknown> =>
  inParallel(connections, orderIds, (orderId) =>
    organizer.must(202, routes.undoOrder, { params: { orderId }, body: {} }),
  );

/** Customers give tickets to others: the new id and code of each, by serial. */
export const giveAway = async (
  visitor: Api,
  tickets: readonly BoughtTicket[],
  connections: number,
): Promise<ReadonlyMap<string, { readonly id: string; readonly code: string }>> => {
  const moved = await inParallel(connections, tickets, async ({ id, serial }, index) => {
    const { id: newId, code } = await visitor.must(201, routes.transferTicket, {
      idempotencyKey: crypto.randomUUID(),
      params: { ticketId: id },
      body: { email: `success+friend-${index}@simulator.amazonses.com`, name: `Friend ${index}` },
    });
    return [serial, { id: newId, code }] as const;
  });
  return new Map(moved);
};
