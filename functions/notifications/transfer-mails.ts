import { readTicketId, readTickets, ticketIdOf } from '../admission/contracts.ts';
import type { TicketPapers } from '../admission/papers-contracts.ts';
import { readTicketBuyer } from '../orders/contracts.ts';
import { attachTickets } from './papers.ts';
import type { NotificationPorts, Recipient } from './ports.ts';
import { sendOnce } from './send-once.ts';
import { wordsOf } from './session-words.ts';
import { ticketPassedOnMail } from './templates/ticket-passed-on.ts';
import { ticketReceivedMail } from './templates/ticket-received.ts';

interface Transfer {
  /** Of the lifecycle event. */
  readonly id: string;
  /** The ticket as its new holder has it. */
  readonly ticketId: string;
  readonly orderId: string;
  /** How often it had changed hands then. */
  readonly transfers: number;
}

/**
 * TICKET-TRANSFERRED: the new holder gets the ticket, the old one is told that theirs is dead. A ticket that
 * has been passed on again, or has ended, is handed to nobody.
 */
export const tellTransferred = async (
  ports: NotificationPorts & { readonly papers: TicketPapers },
  { id, ticketId, orderId, transfers }: Transfer,
): Promise<void> => {
  const [[ticket], buyer] = await Promise.all([
    readTickets(ports.admissionTable, [readTicketId(ticketId).serial]),
    readTicketBuyer(ports.ordersTable, orderId),
  ]);
  const [from, to] = ticket?.holders.slice(transfers - 1, transfers + 1) ?? [];
  if (ticket === undefined || buyer === undefined || from === undefined || to === undefined)
    throw new Error(`Ticket ${ticketId} was not transferred ${transfers} times`);
  const session = await ports.sessionOf(ticket.sessionId);
  const { locale } = buyer.customer;
  const recipient = ({ name, email }: typeof from): Recipient => ({ name, address: email, locale });

  await sendOnce(ports, {
    // Somebody may pass a ticket from one address of theirs to another, or to the same one.
    mailId: `${id}/passed-on`,
    template: 'ticket-passed-on',
    guarantee: 'at_least_once',
    to: recipient(from),
    render: (given) =>
      ticketPassedOnMail(
        { recipientName: from.name, otherName: to.name, session: wordsOf(session), ticket },
        given,
      ),
  });
  if (ticketIdOf(ticket) !== ticketId || ticket.status !== 'valid') return;
  await sendOnce(ports, {
    mailId: `${id}/received`,
    template: 'ticket-received',
    guarantee: 'at_least_once',
    to: recipient(to),
    render: (given) =>
      ticketReceivedMail(
        { recipientName: to.name, otherName: from.name, session: wordsOf(session), ticket },
        given,
      ),
    attach: () => attachTickets(ports.papers, [{ ticket, session }], ports.clock()),
  });
};
