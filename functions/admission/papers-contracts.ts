/** Apart from contracts.ts for its weight: fonts, and what draws, go where this is imported. */

import type { SessionFacts } from '../catalog/contracts.ts';
import { openSigningKeys } from './signing-keys.ts';
import type { Ticket } from './ticket.ts';
import { openTicketCodes } from './ticket-code.ts';
import { ticketView } from './views.ts';

/** What a holder takes along: the ticket on paper, and its session for a calendar. */
export interface TicketPapers {
  /** One page of PDF with the code; signed anew, so it is of the ticket as it is given here. */
  pdf(ticket: Ticket, session: SessionFacts): Promise<Uint8Array>;
  /** RFC 5545 document. */
  calendar(ticket: Ticket, session: SessionFacts, now: Date): Promise<string>;
}

/** Papers of tickets, signed by these keys (newest first). What draws is loaded on first use. */
export const openTicketPapers = (keyIds: readonly string[]): TicketPapers => {
  const codes = openTicketCodes(openSigningKeys(keyIds));
  const viewOf = async (ticket: Ticket, session: SessionFacts) =>
    ticketView(ticket, await codes.codeOf(ticket), session);
  return {
    async pdf(ticket, session) {
      const { ticketPdf } = await import('./ticket-pdf.ts');
      return ticketPdf(await viewOf(ticket, session));
    },
    async calendar(ticket, session, now) {
      const { ticketCalendar } = await import('./ticket-calendar.ts');
      return ticketCalendar(await viewOf(ticket, session), now);
    },
  };
};
