import type { Table } from '../platform/table.ts';
import type { Order } from './order.ts';
import { type Rsvp, rsvpId } from './rsvps/rsvp.ts';
import { rsvpKey } from './rsvps/rsvp-store.ts';

export {
  orderCancelled,
  orderConfirmed,
  orderMailRequested,
  orderPaymentLate,
  refundFailed,
  refundSucceeded,
} from './lifecycle.ts';
export type { Order, OrderItem } from './order.ts';
export type { Rsvp } from './rsvps/rsvp.ts';
export { rsvpCancelled, rsvpChanged, rsvpConfirmed, rsvpCreated } from './rsvps/rsvp-lifecycle.ts';

/** An order as it is now, for those who tell its customer of it; strongly consistent. */
export const readOrder = (table: Table, orderId: string): Promise<Order | undefined> =>
  table.get<Order>({ pk: `ORDER#${orderId}`, sk: 'ORDER' }, { consistent: true });

/** An answer to an invitation as it is now, for those who tell its guest of it; strongly consistent. */
export const readRsvp = (table: Table, id: string): Promise<Rsvp | undefined> =>
  table.get<Rsvp>(rsvpKey(id), { consistent: true });

/** Who got tickets, and which; ids as they were issued. */
export interface TicketBuyer extends Pick<Order, 'customer'> {
  readonly ticketIds: readonly string[];
}

/** For whom tickets were issued, by the id that they name: an order’s, or an answer’s; strongly consistent. */
export const readTicketBuyer = async (table: Table, id: string): Promise<TicketBuyer | undefined> => {
  const isRsvp = rsvpId.safeParse(id).success;
  const found = isRsvp ? await readRsvp(table, id) : await readOrder(table, id);
  if (found === undefined) return undefined;
  const places = 'items' in found ? found.items : found.places;
  return { customer: found.customer, ticketIds: places.map(({ ticketId }) => ticketId) };
};
