import { issueTicket, readTicketId, type Ticket } from '../admission/contracts.ts';
import type { Change } from '../platform/lifecycle-event.ts';
import { maxTransactionWrites, type TransactionWrite } from '../platform/table.ts';
import { blockCount, type ConfirmWrite, confirmWrites, lostPlaces } from '../ticketing/contracts.ts';
import { endOrder } from './end-order.ts';
import type { Order, OrderItem } from './order.ts';
import type { OrderChangedWith, OrderFields, OrderPut } from './order-store.ts';
import type { OrderPorts, OtherTables, Stamp } from './ports.ts';

type Content = Pick<Order, 'holds' | 'items'>;

/** Writes that confirming takes beside that of the order: holds, blocks, tickets. */
const confirmWriteCount = ({ holds, items }: Content): number =>
  holds.length + blockCount(items) + items.length;

/**
 * Writes over what one transaction takes, if an order of this content is confirmed; 0 when it fits.
 * @param ordersWrites writes of the orders table in that transaction.
 */
export const writesOverLimit = (content: Content, ordersWrites: number): number =>
  Math.max(0, ordersWrites + confirmWriteCount(content) - maxTransactionWrites);

/** The items of an order as its confirmation leaves them. */
export const confirmedItems = (items: readonly OrderItem[]): readonly OrderItem[] =>
  items.map((item) => ({ ...item, status: 'valid' }));

const ticketOf = (order: Order, item: OrderItem, at: string): Ticket => ({
  ...readTicketId(item.ticketId),
  orderId: order.orderId,
  organizationId: order.organizationId,
  eventId: item.eventId,
  sessionId: item.sessionId,
  place: item.place,
  ticketTypeId: item.ticketTypeId,
  ticketTypeName: item.ticketTypeName,
  holders: [{ ...item.attendee, since: at }],
  locale: order.customer.locale,
  status: 'valid',
  revision: 1,
});

/** What the confirmation of an order writes beside the order itself. */
export const writesBeside = (
  tables: OtherTables,
  order: Order,
  goneHolds: ReadonlySet<string>,
  now: number,
  change: Change,
): { readonly claims: readonly ConfirmWrite[]; readonly all: readonly TransactionWrite[] } => {
  const holdIds = order.holds.map(({ holdId }) => holdId).filter((id) => !goneHolds.has(id));
  const claims = confirmWrites(tables.ticketing, order.orderId, holdIds, order.items, now, change);
  const tickets = order.items.map((item) =>
    issueTicket(tables.admission, ticketOf(order, item, change.at), change),
  );
  return { claims, all: [...claims.map(({ write }) => write), ...tickets] };
};

export type TakeOutcome<Taken> =
  | { readonly kind: 'taken'; readonly result: Taken }
  /** Names of the places that are sold, or held by somebody else. */
  | { readonly kind: 'lost'; readonly places: readonly string[] };

/**
 * Runs the transaction that takes an order’s places for good. Holds whose records TTL has deleted are left out
 * of a second try: their claims lapsed long ago, so that only free places are taken.
 * @param run writes the order with these writes beside it.
 */
export const takePlaces = async <Result extends OrderPut | OrderChangedWith>(
  { tables, clock }: Pick<OrderPorts, 'tables' | 'clock'>,
  order: Order,
  change: Change,
  run: (beside: readonly TransactionWrite[]) => Promise<Result>,
): Promise<TakeOutcome<Exclude<Result, { readonly kind: 'refused' }>>> => {
  const gone = new Set<string>();
  for (;;) {
    const beside = writesBeside(tables, order, gone, clock(), change);
    const result: OrderPut | OrderChangedWith = await run(beside.all);
    if (result.kind !== 'refused')
      return { kind: 'taken', result: result as Exclude<Result, { readonly kind: 'refused' }> };
    const lost = lostPlaces(beside.claims, result.refusals);
    if (lost.places.length > 0) return { kind: 'lost', places: lost.places.map(({ place }) => place) };
    // Another order had the hold and gave its places back since: this one was not meant to have them.
    if (lost.takenHolds.length > 0) {
      const places = order.items.filter(({ holdId }) => lost.takenHolds.includes(holdId));
      return { kind: 'lost', places: places.map(({ place }) => place) };
    }
    if (lost.goneHolds.length === 0)
      throw new Error(`Order ${order.orderId} has tickets before it is confirmed`);
    for (const holdId of lost.goneHolds) gone.add(holdId);
  }
};

export type ConfirmOutcome =
  | { readonly kind: 'confirmed'; readonly order: Order }
  /** Its places are gone: it is cancelled, and its money to be voided or refunded. */
  | { readonly kind: 'places_lost'; readonly order: Order }
  /** It has changed since it was read. */
  | { readonly kind: 'stale'; readonly order: Order };

/**
 * Confirms an order whose money is authorized: order, holds, blocks and tickets in one transaction, so that
 * confirmed, sold and ticketed are one fact. When places are lost the order is cancelled instead.
 * @param paid what the news tells of the payment.
 */
export const confirmOrder = async (
  ports: OrderPorts,
  order: Order,
  paid: Pick<OrderFields, 'payment' | 'captured'>,
  stamp: Stamp,
): Promise<ConfirmOutcome> => {
  const { orders, claims } = ports;
  const change = stamp('order.confirmed');
  const fields = { ...paid, items: confirmedItems(order.items) };
  const outcome = await takePlaces(ports, order, change, (beside) =>
    orders.changeWith(order, 'confirm', fields, change, beside),
  );
  if (outcome.kind === 'taken') {
    const { result } = outcome;
    if (result.kind === 'stale') return result;
    await claims.freeSlots(order.holds);
    return { kind: 'confirmed', order: result.order };
  }
  const cancelled = await endOrder(ports, order, 'places_lost', paid, stamp);
  return cancelled.kind === 'stale' ? cancelled : { kind: 'places_lost', order: cancelled.order };
};
