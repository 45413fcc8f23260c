import type { Order, OrderStatus } from './order.ts';
import { type Orders, positionInList, sessionsOf } from './order-store.ts';

/** Which orders of a session are wanted; without members, all. */
export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  /** Of the customer, as a whole; upper and lower case are the same. */
  readonly email?: string | undefined;
}

type Position = Readonly<Record<string, unknown>>;

export interface FoundOrders {
  /** Newest first. */
  readonly orders: readonly Order[];
  /** Where to go on; left out at the end of the list. */
  readonly next?: Position;
}

/** Orders that one request looks at: ten reads of the list with their orders. */
export const maxExamined = 1_000;

/** Places of one answer, so that it stays far below the 6 MB that a function may answer. */
export const maxPlaces = 2_000;

/** Orders of one read of the list. */
const batchSize = 100;

const matches = ({ status, customer }: Order, wanted: OrderFilter): boolean =>
  (wanted.status === undefined || wanted.status === status) &&
  (wanted.email === undefined || wanted.email.toLowerCase() === customer.email.toLowerCase());

/**
 * The next orders of a session that match, at most `limit` of them. A request ends after `maxExamined` orders or
 * `maxPlaces` places, with what it found by then: a page may be short, even empty, while `next` leads on.
 */
export const findOrders = async (
  orders: Pick<Orders, 'ofSession'>,
  sessionId: string,
  filter: OrderFilter,
  page: { readonly limit: number; readonly from?: Position | undefined },
): Promise<FoundOrders> => {
  const isFiltered = filter.status !== undefined || filter.email !== undefined;
  const found: Order[] = [];
  let places = 0;
  let from = page.from;
  for (let examined = 0; examined < maxExamined; ) {
    const batch = isFiltered ? batchSize : Math.min(batchSize, page.limit - found.length);
    const read = await orders.ofSession(sessionId, { limit: batch, from });
    for (const [index, order] of read.orders.entries()) {
      if (!matches(order, filter)) continue;
      found.push(order);
      places += itemsOf(order, sessionId).length;
      if (found.length < page.limit && places < maxPlaces) continue;
      const isLast = index === read.orders.length - 1;
      const next = isLast ? read.next : positionInList(order, sessionId);
      return { orders: found, ...(next && { next }) };
    }
    if (read.next === undefined) return { orders: found };
    from = read.next;
    examined += batch;
  }
  return { orders: found, ...(from && { next: from }) };
};

/** The order of this id, when it has places of the session and matches: one read. */
export const findOrder = async (
  orders: Pick<Orders, 'get'>,
  sessionId: string,
  filter: OrderFilter,
  orderId: string,
): Promise<FoundOrders> => {
  const order = await orders.get(orderId);
  const isWanted = order !== undefined && sessionsOf(order).includes(sessionId) && matches(order, filter);
  return { orders: isWanted ? [order] : [] };
};

/** An order may have places of other sessions too. */
export const itemsOf = ({ items }: Order, sessionId: string): Order['items'] =>
  items.filter((item) => item.sessionId === sessionId);
