import { readTicketId, readTickets } from '../admission/contracts.ts';
import { type Rsvp, readRsvp } from '../orders/contracts.ts';
import { enroll, type Occurrence, type OrderMailPorts } from './order-mails.ts';
import { attachTickets } from './papers.ts';
import type { NotificationPorts } from './ports.ts';
import { concernedBy, customerOf, ticketsAsBought } from './recipients.ts';
import { sendOnce } from './send-once.ts';
import { cancelledNoticeId, noticeMails } from './session-notice.ts';
import { wordsOf } from './session-words.ts';
import { rsvpCancelledMail } from './templates/rsvp-cancelled.ts';
import { rsvpConfirmedMail } from './templates/rsvp-confirmed.ts';
import { rsvpWaitingMail } from './templates/rsvp-waiting.ts';

/** Events tell of answers that were written before them. */
const rsvpOf = async (ports: NotificationPorts, rsvpId: string): Promise<Rsvp> => {
  const rsvp = await readRsvp(ports.ordersTable, rsvpId);
  if (rsvp === undefined) throw new Error(`No answer ${rsvpId}`);
  return rsvp;
};

const ticketsOf = ({ admissionTable }: NotificationPorts, places: Rsvp['places']) =>
  readTickets(
    admissionTable,
    places.map(({ ticketId }) => readTicketId(ticketId).serial),
  );

/**
 * RSVP-CREATED, -CONFIRMED and -CHANGED: the guest is told how the answer stands. With its tickets it joins the
 * roll of its session. One that has become something else since is told of by what made it that.
 */
export const tellRsvp = async (
  ports: OrderMailPorts,
  event: Occurrence & { readonly type: 'RSVP-CREATED' | 'RSVP-CONFIRMED' | 'RSVP-CHANGED' },
  rsvpId: string,
): Promise<void> => {
  const rsvp = await rsvpOf(ports, rsvpId);
  const { sessionId, answer } = rsvp;
  if (event.type === 'RSVP-CONFIRMED') await enroll(ports, sessionId, rsvpId, event.occurredAt);
  const isConfirmed = rsvp.status === 'confirmed';
  // Made and confirmed at once are one mail; so is what was confirmed before this came.
  if (isConfirmed ? event.type === 'RSVP-CREATED' : event.type === 'RSVP-CONFIRMED') return;
  if (rsvp.status === 'cancelled' || answer === 'no') return;
  const session = await ports.sessionOf(sessionId);
  const facts = { rsvpId, customerName: rsvp.customer.name, session: wordsOf(session) };
  const mail = { mailId: event.id, guarantee: 'at_least_once', to: customerOf(rsvp) } as const;
  if (!isConfirmed) {
    await sendOnce(ports, {
      ...mail,
      template: 'rsvp-waiting',
      render: (locale) => rsvpWaitingMail({ ...facts, answer, hadTickets: rsvp.ticketsIssued > 0 }, locale),
    });
    return;
  }
  const tickets = ticketsAsBought(rsvp.places, await ticketsOf(ports, rsvp.places));
  // All given away before we came to it.
  if (tickets.length === 0) return;
  await sendOnce(ports, {
    ...mail,
    template: 'rsvp-confirmed',
    render: (locale) =>
      rsvpConfirmedMail({ ...facts, tickets, isChanged: event.type === 'RSVP-CHANGED' }, locale),
    attach: () =>
      attachTickets(
        ports.papers,
        tickets.map((ticket) => ({ ticket, session })),
        ports.clock(),
      ),
  });
};

/** RSVP-CANCELLED: the guest is told by whom; with the session also everybody who holds one of its tickets. */
export const tellRsvpCancelled = async (
  ports: NotificationPorts,
  event: Occurrence,
  rsvpId: string,
): Promise<void> => {
  const rsvp = await rsvpOf(ports, rsvpId);
  const { sessionId, cancelReason } = rsvp;
  // Taken up again since.
  if (rsvp.status !== 'cancelled' || cancelReason === undefined) return;
  const session = wordsOf(await ports.sessionOf(sessionId));
  if (cancelReason !== 'session_cancelled') {
    await sendOnce(ports, {
      mailId: event.id,
      template: 'rsvp-cancelled',
      guarantee: 'at_least_once',
      to: customerOf(rsvp),
      render: (locale) =>
        rsvpCancelledMail(
          {
            rsvpId,
            customerName: rsvp.customer.name,
            session,
            by: cancelReason,
            hadTickets: rsvp.places.length > 0,
          },
          locale,
        ),
    });
    return;
  }
  const holders = concernedBy(rsvp, await ticketsOf(ports, rsvp.places), sessionId, event.occurredAt);
  const { render, guarantee } = noticeMails.cancelled;
  for (const to of holders.length > 0 ? holders : [customerOf(rsvp)]) {
    await sendOnce(ports, {
      mailId: cancelledNoticeId(sessionId),
      template: 'session-cancelled',
      guarantee,
      to,
      render: (locale) => render({ recipientName: to.name, session }, locale),
    });
  }
};
