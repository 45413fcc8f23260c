import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mockClient } from 'aws-sdk-client-mock';
import { issueTicket, type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import { openPorts } from '../../functions/notifications/open-ports.ts';
import type { OrderMailPorts } from '../../functions/notifications/order-mails.ts';
import { handleNotice, type NoticePorts, noticeMessage } from '../../functions/notifications/tell-session.ts';
import type { Order, OrderItem } from '../../functions/orders/contracts.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { DelayedMessage } from '../../functions/platform/queue.ts';
import type { Table } from '../../functions/platform/table.ts';
import { startEngine } from '../support/dynoxide.ts';
import { headersOf } from './headers.ts';

export const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/000000000000/notices';

export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly raw: string;
}

export interface Session {
  readonly sessionId: string;
  readonly startsAt: string;
}

interface SessionOptions {
  readonly name?: string;
  readonly startsAt?: string;
  readonly status?: string;
}

interface OrderOptions {
  readonly sessions: readonly Session[];
  readonly tickets?: number;
  readonly status?: Order['status'];
  readonly items?: OrderItem['status'];
  readonly cancelReason?: Order['cancelReason'];
  readonly captured?: number;
  readonly email?: string;
  /** Address of the attendee of each ticket, where it is not the customer’s. */
  readonly attendee?: string;
}

export interface MadeOrder {
  readonly order: Order;
  readonly tickets: readonly Ticket[];
}

export interface Notifications {
  readonly ports: OrderMailPorts & NoticePorts;
  readonly tables: Readonly<
    Record<'notifications' | 'orders' | 'admission' | 'catalog' | 'marketplace', Table>
  >;
  /** Mails that SES took, in order. */
  readonly sent: SentMail[];
  /** `to: subject` of each mail since the last time, sorted. */
  taken(): readonly string[];
  /** What SES answers from now on; by default it takes every mail. */
  ses(answer: () => Promise<{ MessageId: string }>): void;
  /** Messages in the queue of notices. */
  readonly messages: DelayedMessage[];
  /** Handles messages of the queue of notices until none is left; gives how many there were. */
  drain(): Promise<number>;
  clock: Date;
  session(options?: SessionOptions): Promise<Session>;
  /** Changes a session as the catalog does; gives its new revision. */
  changeSession(session: Session, fields: object): Promise<number>;
  order(options: OrderOptions): Promise<MadeOrder>;
  changeOrder(order: Order, fields: object): Promise<void>;
  changeTicket(ticket: Ticket, fields: object, at: string): Promise<void>;
  stop(): Promise<void>;
}

const change = (at: string) => ({ what: 'made', by: 'ann', requestId: 'r', at });
let serials = 0;

/** The notifications context on the engine, with SES and SQS in memory and papers that are only named. */
export const startNotifications = async (): Promise<Notifications> => {
  const engine = await startEngine();
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
  });
  const tables = {
    notifications: await engine.createTable('notifications'),
    orders: await engine.createTable('orders'),
    admission: await engine.createTable('admission'),
    catalog: await engine.createTable('catalog'),
    marketplace: await engine.createTable('marketplace'),
  };
  const sent: SentMail[] = [];
  let seen = 0;
  const takes = async () => ({ MessageId: `message-${sent.length}` });
  let answer: () => Promise<{ MessageId: string }> = takes;
  mockClient(SESv2Client)
    .on(SendEmailCommand)
    .callsFake(async ({ Destination, Content, FromEmailAddress, ConfigurationSetName }) => {
      if (FromEmailAddress !== 'tickets@example.com' || ConfigurationSetName !== 'mails')
        throw new Error('Not our sender');
      const answered = await answer();
      const raw = Buffer.from(Content.Raw.Data).toString();
      sent.push({
        to: Destination.ToAddresses.join(),
        subject:
          headersOf(raw)
            .find((header) => header.startsWith('Subject: '))
            ?.slice('Subject: '.length) ?? '',
        raw,
      });
      return answered;
    });

  const messages: DelayedMessage[] = [];
  const made = {
    clock: new Date('2027-03-01T10:00:00.000Z'),
  };
  const ports: OrderMailPorts & NoticePorts = {
    ...openPorts({
      NOTIFICATIONS_TABLE: 'notifications',
      ORDERS_TABLE: 'orders',
      ADMISSION_TABLE: 'admission',
      CATALOG_TABLE: 'catalog',
      MAIL_FROM: 'tickets@example.com',
      MAIL_CONFIGURATION_SET: 'mails',
    }),
    clock: () => made.clock,
    papers: {
      pdf: async (ticket) => Buffer.from(`paper of ${ticketIdOf(ticket)}`),
      calendar: async (ticket, session) => `calendar of ${ticket.serial} at ${session.startsAt}`,
    },
    queueUrl,
    sendMessages: async (given) => {
      messages.push(...given);
    },
    mailsPerSecond: 10,
  };

  return Object.assign(made, {
    ports,
    tables,
    sent,
    messages,
    taken() {
      const fresh = sent.slice(seen).map(({ to, subject }) => `${to}: ${subject}`);
      seen = sent.length;
      return fresh.sort();
    },
    ses(given: () => Promise<{ MessageId: string }>) {
      answer = given;
    },
    async drain() {
      let handled = 0;
      for (let next = messages.shift(); next !== undefined; next = messages.shift()) {
        await handleNotice(ports, noticeMessage.parse(JSON.parse(next.body)));
        handled += 1;
      }
      return handled;
    },

    async session({ name = 'Songs', startsAt = '2027-04-01T18:00:00Z', status = 'published' } = {}) {
      const sessionId = randomId('ses');
      const eventId = randomId('evt');
      const venueId = randomId('ven');
      const items = [
        { pk: `EVENT#${eventId}`, sk: 'EVENT', eventId, name, venueId },
        {
          pk: `VENUE#${venueId}`,
          sk: 'VENUE',
          venueId,
          name: 'Paraninfo',
          address: 'Calle 1',
          city: 'La Laguna',
          country: 'ES',
          location: { lat: 28, lon: -16 },
          timeZone: 'Atlantic/Canary',
        },
        {
          pk: `SESSION#${sessionId}`,
          sk: 'SESSION',
          sessionId,
          eventId,
          venueId,
          organizationId: 'org_1',
          timeZone: 'Atlantic/Canary',
          startsAt,
          endsAt: '2027-12-31T20:00:00Z',
          status,
          revision: 3,
        },
      ];
      for (const item of items) await tables.catalog.put(item, {});
      return { sessionId, startsAt };
    },

    async changeSession({ sessionId }: Session, fields: object) {
      const names = Object.keys(fields);
      const result = await tables.catalog.update<{ revision: number }>(
        { pk: `SESSION#${sessionId}`, sk: 'SESSION' },
        {
          update: `SET #revision = #revision + :one${names.map((name) => `, #${name} = :${name}`).join('')}`,
          names: { '#revision': 'revision', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
          values: {
            ':one': 1,
            ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
          },
        },
      );
      if (!result.written) throw new Error('The session did not change');
      return result.item.revision;
    },

    async order(options: OrderOptions) {
      const orderId = randomId('ord');
      const email = options.email ?? `${orderId}@example.com`;
      const holder = {
        name: 'Ann Holder',
        email: options.attendee ?? email,
        since: '2027-03-01T10:00:00.000Z',
      };
      const tickets = options.sessions.flatMap(({ sessionId }) =>
        Array.from({ length: options.tickets ?? 1 }, (_, index): Ticket => {
          serials += 1;
          return {
            serial: String(serials).padStart(13, '0'),
            secret: '1'.repeat(13),
            orderId,
            organizationId: 'org_1',
            eventId: 'evt_1',
            sessionId,
            place: `A-${index + 1}`,
            ticketTypeId: 'tt_1',
            ticketTypeName: 'Stalls',
            holders: [holder],
            status: 'valid',
            revision: 1,
          };
        }),
      );
      const order = {
        orderId,
        organizationId: 'org_1',
        status: options.status ?? 'confirmed',
        ...(options.cancelReason !== undefined && { cancelReason: options.cancelReason }),
        currency: 'EUR',
        total: 4_500,
        customer: { email, name: 'Bea Buyer', locale: 'en' },
        holds: [],
        items: tickets.map((ticket, index) => ({
          ticketId: ticketIdOf(ticket),
          sessionId: ticket.sessionId,
          eventId: ticket.eventId,
          place: ticket.place,
          block: 0,
          key: String(index),
          ticketTypeId: 'tt_1',
          ticketTypeName: 'Stalls',
          total: 4_500,
          refundable: 4_500,
          attendee: { name: holder.name, email: holder.email },
          status: options.items ?? 'valid',
        })),
        lines: [{ kind: 'ticket', item: 0, label: 'Stalls', amount: 4_500 }],
        captured: options.captured ?? 0,
        refunded: 0,
        createdAt: '2027-03-01T10:00:00.000Z',
        requestHash: 'hash',
        revision: 3,
      } as unknown as Order;
      await tables.orders.put({ pk: `ORDER#${orderId}`, sk: 'ORDER', ...order }, {});
      if ((options.items ?? 'valid') !== 'open') {
        for (const ticket of tickets)
          await tables.admission.transact([
            issueTicket('admission', ticket, change('2027-03-01T10:00:00.000Z')),
          ]);
      }
      return { order, tickets };
    },

    async changeOrder(order: Order, fields: object) {
      await tables.orders.put({ pk: `ORDER#${order.orderId}`, sk: 'ORDER', ...order, ...fields }, {});
    },

    async changeTicket(ticket: Ticket, fields: object, at: string) {
      await tables.admission.put(
        { pk: `TICKET#${ticket.serial}`, sk: 'TICKET', ...ticket, ...fields, change: change(at) },
        {},
      );
    },

    stop: () => engine.stop(),
  });
};
