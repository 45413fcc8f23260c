import type { Change } from '../platform/lifecycle-event.ts';
import type { Table } from '../platform/table.ts';
import { type Ticket, ticketKey } from './ticket.ts';

/** A ticket with the instant of its last change (ISO 8601): of one that ended, when it did. */
export interface IssuedTicket extends Ticket {
  readonly changedAt: string;
}

/** Tickets by serial (at most 100), strongly consistent, in the order asked for; unknown ones are left out. */
export const readTickets = async (
  table: Table,
  serials: readonly string[],
): Promise<readonly IssuedTicket[]> => {
  if (serials.length === 0) return [];
  const items = await table.batchGet<Ticket & { readonly change: Change }>(
    [...new Set(serials)].map((serial) => ticketKey(serial)),
    { consistent: true },
  );
  const bySerial = new Map(
    items.map(({ change, ...ticket }) => [ticket.serial, { ...ticket, changedAt: change.at }]),
  );
  return serials.flatMap((serial) => bySerial.get(serial) ?? []);
};
