import * as z from 'zod';
import { readTicketId, readTickets } from '../admission/contracts.ts';
import { readTicketBuyer } from '../orders/contracts.ts';
import type { DelayedMessage } from '../platform/queue.ts';
import type { NotificationPorts } from './ports.ts';
import { concernedBy } from './recipients.ts';
import { reminderAt } from './reminder-time.ts';
import { sendOnce } from './send-once.ts';
import {
  cancelledNoticeId,
  isStillTrue,
  type Notice,
  noticeKinds,
  noticeMails,
  noticeOfChange,
} from './session-notice.ts';
import { wordsOf } from './session-words.ts';

/** A message of the queue of notices: tell a whole session, page by page, or one order of it. */
export const noticeMessage = z.object({
  notice: z.object({
    id: z.string(),
    kind: z.enum(noticeKinds),
    sessionId: z.string(),
    startsAt: z.string(),
    at: z.string(),
  }),
  /** The order to tell; none: go through the roll. */
  order: z.object({ orderId: z.string(), confirmedAt: z.string() }).optional(),
  /** The order that the page before ended with. */
  from: z.string().optional(),
});
export type NoticeMessage = z.output<typeof noticeMessage>;

export interface NoticePorts extends NotificationPorts {
  /** URL of the queue of notices. */
  readonly queueUrl: string;
  readonly sendMessages: (messages: readonly DelayedMessage[]) => Promise<void>;
  /** Mails that notices may take of what SES sends a second. */
  readonly mailsPerSecond: number;
}

/** What beginning a notice needs. */
export type BeginPorts = Pick<NoticePorts, 'queueUrl' | 'sendMessages'>;

const pageSize = 100;

const messageOf = (queueUrl: string, message: NoticeMessage, delaySeconds = 0): DelayedMessage => ({
  queueUrl,
  body: JSON.stringify(message),
  delaySeconds,
});

/** Starts telling all holders of a session. */
export const beginNotice = ({ sendMessages, queueUrl }: BeginPorts, notice: Notice): Promise<void> =>
  sendMessages([messageOf(queueUrl, { notice })]);

/** A lifecycle event of a session, as the catalog tells it. */
interface SessionChange {
  readonly id: string;
  readonly occurredAt: string;
  readonly sequence: number;
  readonly sessionId: string;
  readonly status: 'draft' | 'publishing' | 'published' | 'postponed' | 'cancelled';
  readonly startsAt: string;
}

/**
 * SESSION-UPDATED, -POSTPONED, -CANCELLED: holders are told what is news to them. The notice is on its way
 * before it is noted as told: a crash in between begins it again, and nobody gets it twice.
 */
export const tellSessionChanged = async (
  ports: BeginPorts & Pick<NoticePorts, 'roll'>,
  change: SessionChange,
): Promise<void> => {
  const { sessionId, status, startsAt, sequence } = change;
  // Nobody has tickets of what was never on sale.
  if (status === 'draft' || status === 'publishing') return;
  const told = await ports.roll.toldOf(sessionId);
  if (told !== undefined && told.sequence >= sequence) return;
  const kind = noticeOfChange(told, change);
  if (kind !== undefined) {
    const id = kind === 'cancelled' ? cancelledNoticeId(sessionId) : change.id;
    await beginNotice(ports, { id, kind, sessionId, startsAt, at: change.occurredAt });
  }
  await ports.roll.noteTold(sessionId, { status, startsAt, sequence });
};

/** One message of the queue of notices. What was overtaken meanwhile is dropped. */
export const handleNotice = async (
  ports: NoticePorts,
  { notice, order, from }: NoticeMessage,
): Promise<void> => {
  const session = await ports.sessionOf(notice.sessionId);
  if (!isStillTrue(notice, session)) return;
  if (order === undefined) return turnPage(ports, notice, from);
  // Whoever bought within the last day has the mail with the tickets on top.
  if (notice.kind === 'reminder' && Date.parse(order.confirmedAt) > reminderAt(notice.startsAt)) return;

  const found = await readTicketBuyer(ports.ordersTable, order.orderId);
  if (found === undefined) throw new Error(`No order ${order.orderId}`);
  const tickets = await readTickets(
    ports.admissionTable,
    found.ticketIds.map((ticketId) => readTicketId(ticketId).serial),
  );
  const { render, guarantee } = noticeMails[notice.kind];
  for (const to of concernedBy(found, tickets, notice.sessionId, notice.at)) {
    await sendOnce(ports, {
      mailId: notice.id,
      template: `session-${notice.kind}`,
      guarantee,
      to,
      render: (locale) => render({ recipientName: to.name, session: wordsOf(session) }, locale),
    });
  }
};

/**
 * Sends a message for each order of a page of the roll, spread over the seconds that their mails take, and
 * one for the next page. Handled twice it sends the same again, which tells nobody twice.
 */
const turnPage = async (ports: NoticePorts, notice: Notice, from: string | undefined): Promise<void> => {
  const { queueUrl, mailsPerSecond } = ports;
  const { orders, next } = await ports.roll.page(notice.sessionId, pageSize, from);
  const delayOf = (index: number): number => Math.floor(index / mailsPerSecond);
  await ports.sendMessages([
    ...orders.map((order, index) => messageOf(queueUrl, { notice, order }, delayOf(index))),
    ...(next === undefined ? [] : [messageOf(queueUrl, { notice, from: next }, delayOf(orders.length))]),
  ]);
};
