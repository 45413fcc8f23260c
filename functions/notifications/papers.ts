import type { Ticket } from '../admission/contracts.ts';
import type { TicketPapers } from '../admission/papers-contracts.ts';
import type { SessionFacts } from '../catalog/contracts.ts';
import type { Attachment } from './ports.ts';

/** A ticket and its session, as they are attached. */
export interface Papered {
  readonly ticket: Ticket;
  readonly session: SessionFacts;
}

/** Two attachments a ticket: what is shown at the door, and what goes into a calendar. */
export const attachTickets = async (
  papers: TicketPapers,
  papered: readonly Papered[],
  now: Date,
): Promise<readonly Attachment[]> => {
  const attachments: Attachment[] = [];
  // One after the other: a drawing takes the processor to itself, and memory.
  for (const [index, { ticket, session }] of papered.entries()) {
    const name = `ticket-${index + 1}`;
    attachments.push(
      {
        fileName: `${name}.pdf`,
        contentType: 'application/pdf',
        content: await papers.pdf(ticket, session),
      },
      {
        fileName: `${name}.ics`,
        contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
        content: await papers.calendar(ticket, session, now),
      },
    );
  }
  return attachments;
};
