import { holderOf, type IssuedTicket, ticketIdOf } from '../admission/contracts.ts';
import type { Order } from '../orders/contracts.ts';
import type { Recipient } from './ports.ts';

/** Who ordered: order, money and all its tickets are told to this person. */
export const customerOf = ({ customer }: Pick<Order, 'customer'>): Recipient => ({
  name: customer.name,
  address: customer.email,
  locale: customer.locale,
});

/** Tickets that are still as they were issued for these places: neither ended nor passed on to somebody else. */
export const ticketsAsBought = (
  places: readonly { readonly ticketId: string }[],
  tickets: readonly IssuedTicket[],
): readonly IssuedTicket[] => {
  const bought = new Set(places.map(({ ticketId }) => ticketId));
  return tickets.filter((ticket) => ticket.status === 'valid' && bought.has(ticketIdOf(ticket)));
};

/**
 * Who is told of a session for an order or an answer: its customer and everybody who holds one of its tickets of that
 * session, each address once. Tickets that had ended before `at` (ISO 8601) concern nobody.
 */
export const concernedBy = (
  order: Pick<Order, 'customer'>,
  tickets: readonly IssuedTicket[],
  sessionId: string,
  at: string,
): readonly Recipient[] => {
  const concerned = tickets.filter(
    (ticket) =>
      ticket.sessionId === sessionId &&
      (ticket.status === 'valid' || Date.parse(ticket.changedAt) >= Date.parse(at)),
  );
  if (concerned.length === 0) return [];
  const { locale } = order.customer;
  const holders = concerned.map(holderOf).map(({ name, email }) => ({ name, address: email, locale }));
  const byAddress = new Map<string, Recipient>();
  for (const recipient of [customerOf(order), ...holders]) {
    const address = recipient.address.toLowerCase();
    if (!byAddress.has(address)) byAddress.set(address, recipient);
  }
  return [...byAddress.values()];
};
