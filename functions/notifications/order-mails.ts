import { type IssuedTicket, readTicketId, readTickets } from '../admission/contracts.ts';
import type { TicketPapers } from '../admission/papers-contracts.ts';
import type { SessionFacts } from '../catalog/contracts.ts';
import { type Order, readOrder } from '../orders/contracts.ts';
import { attachTickets } from './papers.ts';
import type { NotificationPorts } from './ports.ts';
import { concernedBy, customerOf, ticketsAsBought } from './recipients.ts';
import { sendOnce } from './send-once.ts';
import { cancelledNoticeId, noticeMails } from './session-notice.ts';
import { wordsOf } from './session-words.ts';
import type { Money } from './templates/facts.ts';
import { orderCancelledMail } from './templates/order-cancelled.ts';
import { orderConfirmedMail } from './templates/order-confirmed.ts';
import { paymentLateMail } from './templates/payment-late.ts';
import { refundFailedMail } from './templates/refund-failed.ts';
import { refundSucceededMail } from './templates/refund-succeeded.ts';

export interface OrderMailPorts extends NotificationPorts {
  readonly papers: TicketPapers;
}

/** Of a lifecycle event, what the mails about it need. */
export type Occurrence = { readonly id: string; readonly occurredAt: string };

/** Events tell of orders that were written before them. */
const orderOf = async (ports: NotificationPorts, orderId: string): Promise<Order> => {
  const order = await readOrder(ports.ordersTable, orderId);
  if (order === undefined) throw new Error(`No order ${orderId}`);
  return order;
};

const ticketsOf = (ports: NotificationPorts, { items }: Order): Promise<readonly IssuedTicket[]> =>
  readTickets(
    ports.admissionTable,
    items.map(({ ticketId }) => readTicketId(ticketId).serial),
  );

/** Tries of a session that changes just while an order is put on its roll. */
const enrollTries = 5;

/**
 * Puts an order, or an answer, on the roll of a session and gives the session: whatever is told of it after this reaches the
 * order too, and what was told before is in what is read.
 */
export const enroll = async (
  ports: NotificationPorts,
  sessionId: string,
  orderId: string,
  confirmedAt: string,
): Promise<SessionFacts> => {
  await ports.roll.enroll(sessionId, { orderId, confirmedAt });
  for (let attempt = 1; attempt <= enrollTries; attempt += 1) {
    const session = await ports.sessionOf(sessionId);
    const { status, startsAt, revision } = session;
    const told = await ports.roll.noteFirst(sessionId, { status, startsAt, sequence: revision });
    if (told.sequence <= revision) return session;
  }
  throw new Error(`Session ${sessionId} changes all the time`);
};

/** ORDER-CONFIRMED: the order joins the rolls of its sessions, and its customer gets the tickets. */
export const tellConfirmed = async (
  ports: OrderMailPorts,
  event: Occurrence,
  orderId: string,
): Promise<void> => {
  const order = await orderOf(ports, orderId);
  await sendTickets(ports, event.id, order, (sessionId) =>
    enroll(ports, sessionId, orderId, event.occurredAt),
  );
};

/** ORDER-MAIL-REQUESTED: the same mail once more, with the tickets as they are now. */
export const tellAgain = async (ports: OrderMailPorts, event: Occurrence, orderId: string): Promise<void> =>
  sendTickets(ports, event.id, await orderOf(ports, orderId), ports.sessionOf);

/** Mails an order’s tickets to its customer, as far as they are still as they were bought. */
const sendTickets = async (
  ports: OrderMailPorts,
  mailId: string,
  order: Order,
  sessionOf: NotificationPorts['sessionOf'],
): Promise<void> => {
  const { orderId } = order;
  const sessions = new Map<string, SessionFacts>();
  for (const sessionId of new Set(order.items.map((item) => item.sessionId)))
    sessions.set(sessionId, await sessionOf(sessionId));
  const tickets = ticketsAsBought(order.items, await ticketsOf(ports, order));
  // Undone, or given away, before we came to it: other mails tell of that.
  if (order.status !== 'confirmed' || tickets.length === 0) return;
  const of = (sessionId: string) => tickets.filter((ticket) => ticket.sessionId === sessionId);
  await sendOnce(ports, {
    mailId,
    template: 'order-confirmed',
    guarantee: 'at_least_once',
    to: customerOf(order),
    render: (locale) =>
      orderConfirmedMail(
        {
          orderId,
          customerName: order.customer.name,
          sessions: [...sessions]
            .filter(([sessionId]) => of(sessionId).length > 0)
            .map(([sessionId, session]) => ({ session: wordsOf(session), tickets: of(sessionId) })),
          lines: order.lines.map(({ label, amount, isIncluded }) => ({
            label,
            amount,
            isIncluded: isIncluded ?? false,
          })),
          total: { amount: order.total, currency: order.currency },
        },
        locale,
      ),
    attach: () =>
      attachTickets(
        ports.papers,
        tickets.flatMap((ticket) => {
          const session = sessions.get(ticket.sessionId);
          return session === undefined ? [] : [{ ticket, session }];
        }),
        ports.clock(),
      ),
  });
};

/** ORDER-CANCELLED: why, and what becomes of tickets and money. */
export const tellCancelled = async (
  ports: NotificationPorts,
  event: Occurrence,
  orderId: string,
): Promise<void> => {
  const order = await orderOf(ports, orderId);
  const hadTickets = order.items.some(({ status }) => status !== 'open');
  if (order.cancelReason === 'session_cancelled' && hadTickets)
    return tellSessionsCancelled(ports, event, order);
  await sendOnce(ports, {
    mailId: event.id,
    template: 'order-cancelled',
    guarantee: 'at_least_once',
    to: customerOf(order),
    render: (locale) =>
      orderCancelledMail(
        {
          orderId,
          customerName: order.customer.name,
          reason: order.cancelReason ?? 'customer',
          hadTickets,
          wasCaptured: order.captured > 0,
        },
        locale,
      ),
  });
};

/** Holders of an order that ends with its session are told of the session, once, whoever comes first to tell. */
const tellSessionsCancelled = async (
  ports: NotificationPorts,
  event: Occurrence,
  order: Order,
): Promise<void> => {
  const tickets = await ticketsOf(ports, order);
  for (const sessionId of new Set(order.items.map((item) => item.sessionId))) {
    const session = await ports.sessionOf(sessionId);
    if (session.status !== 'cancelled') continue;
    const endedAt = tickets
      .filter((ticket) => ticket.sessionId === sessionId && ticket.status !== 'valid')
      .map(({ changedAt }) => changedAt)
      .sort()
      .at(-1);
    const { render, guarantee } = noticeMails.cancelled;
    for (const to of concernedBy(order, tickets, sessionId, endedAt ?? event.occurredAt)) {
      await sendOnce(ports, {
        mailId: cancelledNoticeId(sessionId),
        template: 'session-cancelled',
        guarantee,
        to,
        render: (locale) => render({ recipientName: to.name, session: wordsOf(session) }, locale),
      });
    }
  }
};

/** ORDER-PAYMENT-LATE: told once an order, although authorizing and capturing each tell of it. */
export const tellPaymentLate = async (ports: NotificationPorts, orderId: string): Promise<void> => {
  const order = await orderOf(ports, orderId);
  await sendOnce(ports, {
    mailId: `${orderId}/payment-late`,
    template: 'payment-late',
    guarantee: 'at_least_once',
    to: customerOf(order),
    render: (locale) =>
      paymentLateMail(
        { orderId, customerName: order.customer.name, wasCaptured: order.captured > 0 },
        locale,
      ),
  });
};

const refundMails = { succeeded: refundSucceededMail, failed: refundFailedMail } as const;

/** REFUND-SUCCEEDED and REFUND-FAILED. */
export const tellRefund = async (
  ports: NotificationPorts,
  event: Occurrence,
  outcome: keyof typeof refundMails,
  refund: { readonly orderId: string; readonly amount: Money },
): Promise<void> => {
  const order = await orderOf(ports, refund.orderId);
  await sendOnce(ports, {
    mailId: event.id,
    template: `refund-${outcome}`,
    guarantee: 'at_least_once',
    to: customerOf(order),
    render: (locale) =>
      refundMails[outcome](
        { orderId: refund.orderId, customerName: order.customer.name, amount: refund.amount },
        locale,
      ),
  });
};
