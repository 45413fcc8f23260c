import type { Change } from '../platform/lifecycle-event.ts';
import { absent, type TransactionWrite } from '../platform/table.ts';
import { type Ticket, ticketKey } from './ticket.ts';
import { changedKey, indexKeys } from './ticket-index.ts';

export { ticketTransferred } from './lifecycle.ts';
export { type IssuedTicket, readTickets } from './read-tickets.ts';
export { holderOf, readTicketId, type Ticket, ticketIdOf, ticketKey, ticketPartsOf } from './ticket.ts';

/**
 * Puts a new ticket: part of the transaction that confirms its order. `change.at` is the time of the write:
 * scanners read what changed since they last asked.
 */
export const issueTicket = (table: string, ticket: Ticket, change: Change): TransactionWrite => ({
  table,
  put: {
    ...ticketKey(ticket.serial),
    ...indexKeys(ticket.sessionId, ticket.serial, change.at),
    ...ticket,
    change,
  },
  when: absent,
});

/**
 * Ends a valid ticket: part of the transaction that refunds or cancels it. Refused when it has ended.
 * `change.at` is the time of the write.
 * @param only `unused`: refused too when it has let somebody in.
 */
export const endTicket = (
  table: string,
  serial: string,
  status: 'refunded' | 'cancelled',
  change: Change,
  only: 'unused' | 'any' = 'any',
): TransactionWrite => ({
  table,
  update: ticketKey(serial),
  by: {
    update: 'SET #status = :status, #revision = #revision + :one, #change = :change, #changed = :changed',
    condition: `#status = :valid${only === 'unused' ? ' AND attribute_not_exists(#admission)' : ''}`,
    names: {
      '#status': 'status',
      '#revision': 'revision',
      '#change': 'change',
      '#changed': 'gsi1sk',
      ...(only === 'unused' && { '#admission': 'admission' }),
    },
    values: {
      ':status': status,
      ':valid': 'valid',
      ':one': 1,
      ':change': change,
      ':changed': changedKey(change.at, serial),
    },
  },
});
