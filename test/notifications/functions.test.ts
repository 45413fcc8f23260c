import { createSign, generateKeyPairSync } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ticketTransferred } from '../../functions/admission/contracts.ts';
import { sessionCancelled } from '../../functions/catalog/contracts.ts';
import {
  briefEventCancelled,
  briefOutgrown,
  depositLate,
  depositRefundFailed,
  depositVoided,
  leadAccepted,
  leadBooked,
  leadCancelled,
  leadCompleted,
  leadContacted,
  leadCreated,
  leadDeclined,
  leadExpired,
  leadQuoted,
  leadReminded,
  leadTimeTaken,
  verificationWithdrawn,
} from '../../functions/marketplace/contracts.ts';
import {
  orderCancelled,
  orderConfirmed,
  orderMailRequested,
  orderPaymentLate,
  refundFailed,
  refundSucceeded,
} from '../../functions/orders/contracts.ts';
import { lifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { keyOf } from '../../functions/platform/owned-item.ts';
import { leadWith, quoteWith } from '../support/lead.ts';
import { type MadeOrder, type Notifications, queueUrl, startNotifications } from './harness.ts';

/** The functions as Lambda starts them, with SES, SQS and KMS in memory. */
let world: Notifications;
let mail: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
let notices: typeof mail;
let reminders: () => Promise<void>;
const queued: string[] = [];

beforeAll(async () => {
  world = await startNotifications();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  mockClient(KMSClient)
    .on(GetPublicKeyCommand)
    .resolves({ PublicKey: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })) })
    .on(SignCommand)
    .callsFake(async ({ Message }: { Message: Uint8Array }) => ({
      Signature: createSign('sha256').update(Message).sign(privateKey),
    }));
  mockClient(SQSClient)
    .on(SendMessageBatchCommand)
    .callsFake(async ({ QueueUrl, Entries }: { QueueUrl: string; Entries: { MessageBody: string }[] }) => {
      if (QueueUrl !== queueUrl) throw new Error(`Not our queue: ${QueueUrl}`);
      queued.push(...Entries.map(({ MessageBody }) => MessageBody));
      return {};
    });
  Object.assign(process.env, {
    STAGE: 'test',
    NOTIFICATIONS_TABLE: 'notifications',
    ORDERS_TABLE: 'orders',
    ADMISSION_TABLE: 'admission',
    CATALOG_TABLE: 'catalog',
    MARKETPLACE_TABLE: 'marketplace',
    MASK_CONTACTS: 'true',
    MAIL_FROM: 'tickets@example.com',
    MAIL_CONFIGURATION_SET: 'mails',
    NOTICES_QUEUE_URL: queueUrl,
    NOTICE_MAILS_PER_SECOND: '10',
    TICKET_KEYS: 'key-1',
  });
  mail = (await import('../../functions/notifications/mail.ts')).handler;
  notices = (await import('../../functions/notifications/notices.ts')).handler;
  reminders = (await import('../../functions/notifications/reminders.ts')).handler;
});
afterAll(() => world.stop());
beforeEach(() => {
  world.taken();
});

const lambda = {
  awsRequestId: 'a',
  functionName: 'f',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;
const deliver = async (handler: typeof mail, ...bodies: readonly string[]): Promise<void> => {
  const { batchItemFailures } = await handler(
    {
      Records: bodies.map((body, index) => ({
        messageId: `m${index}`,
        receiptHandle: 'r',
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '0',
          SenderId: 's',
          ApproximateFirstReceiveTimestamp: '0',
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:mail',
        awsRegion: 'eu-central-1',
      })),
    },
    lambda,
  );
  expect(batchItemFailures).toEqual([]);
};
const fact = (aggregateId: string, sequence = 3) => ({
  aggregateId,
  sequence,
  change: { what: 'w', by: 'ann', requestId: 'r', at: '2027-03-01T10:00:00.000Z' },
});
const asMessage = (event: object): string => JSON.stringify({ detail: event });
const orderData = ({ order }: MadeOrder) => ({
  ...orderConfirmed.example,
  orderId: order.orderId,
  sessionIds: order.items.map(({ sessionId }) => sessionId),
});
const refundData = ({ order }: MadeOrder) => ({ ...refundSucceeded.example, orderId: order.orderId });

test('tickets come as PDF and calendar, drawn and signed as admission does it', async () => {
  const made = await world.order({ sessions: [await world.session()] });
  const told = asMessage(
    lifecycleEvent(orderConfirmed, { ...fact(made.order.orderId), data: orderData(made) }),
  );
  await deliver(mail, told, told);
  expect(world.taken()).toEqual([`${made.order.customer.email}: Your tickets: Songs`]);
  const parts = (world.sent.at(-1)?.raw ?? '').split(/\r\n--[^\r]+\r\n/);
  const bodyOf = (type: string): string =>
    Buffer.from(
      parts.find((part) => part.startsWith(`Content-Type: ${type}`))?.split('\r\n\r\n')[1] ?? '',
      'base64',
    ).toString('latin1');
  expect(bodyOf('application/pdf')).toMatch(/^%PDF-1\.\d[\s\S]*%%EOF\s*$/);
  expect(bodyOf('text/calendar')).toMatch(/^BEGIN:VCALENDAR[\s\S]*SUMMARY:Songs[\s\S]*END:VCALENDAR\s*$/);
});

test('every event that it accepts has its mail', async () => {
  const made = await world.order({ sessions: [await world.session()] });
  const { email } = made.order.customer;
  const [ticket] = made.tickets;
  const orders = fact(made.order.orderId);
  await world.changeTicket(
    ticket!,
    {
      secret: '2'.repeat(13),
      holders: [
        ...ticket!.holders,
        { name: 'Bob', email: 'bob@example.com', since: '2027-03-02T10:00:00.000Z' },
      ],
    },
    '2027-03-02T10:00:00.000Z',
  );
  await deliver(
    mail,
    asMessage(lifecycleEvent(orderCancelled, { ...orders, data: orderData(made) })),
    asMessage(lifecycleEvent(orderMailRequested, { ...orders, data: orderData(made) })),
    asMessage(lifecycleEvent(orderPaymentLate, { ...orders, data: orderData(made) })),
    asMessage(lifecycleEvent(refundSucceeded, { ...fact('rfd_1'), data: refundData(made) })),
    asMessage(lifecycleEvent(refundFailed, { ...fact('rfd_1', 4), data: refundData(made) })),
    asMessage(
      lifecycleEvent(ticketTransferred, {
        ...fact(ticket!.serial),
        data: {
          ...ticketTransferred.example,
          ticketId: `tkt_${ticket!.serial}${'2'.repeat(13)}`,
          serial: ticket!.serial,
          orderId: made.order.orderId,
          sessionId: ticket!.sessionId,
          transfers: 1,
        },
      }),
    ),
  );
  expect(world.taken()).toEqual(
    [
      'bob@example.com: A ticket for you: Songs',
      `${email}: You passed a ticket on: Songs`,
      `${email}: Your order was cancelled (${made.order.orderId})`,
      `${email}: Your payment came too late (${made.order.orderId})`,
      `${email}: Refund of €47.25`,
      `${email}: Your refund of €47.25 could not be paid out`,
    ].sort(),
  );
});

test('every event of a lead and of its deposit has its mails', async () => {
  const address = (name: string) => ({ name, email: `${name}@example.com` });
  const { marketplace } = world.tables;
  const told: string[] = [];
  const paid = (status: 'authorized' | 'captured' | 'voided') =>
    ({ paymentId: 'pay_1', provider: 'test', status, amount: 200_000 }) as const;
  const refundId = 'rfd_failed';
  let sequence = 0;
  for (const [definition, status, fields] of [
    [leadCreated, 'new', {}],
    [leadReminded, 'new', {}],
    [leadContacted, 'contacted', {}],
    [leadQuoted, 'quoted', { quote: quoteWith() }],
    [leadAccepted, 'accepted', { quote: quoteWith(), depositBy: 1_804_000_000 }],
    [leadTimeTaken, 'accepted', { quote: quoteWith() }],
    [leadBooked, 'booked', {}],
    [leadCompleted, 'completed', {}],
    [leadExpired, 'expired', {}],
    [leadDeclined, 'declined', { endedBy: 'truck' }],
    [leadCancelled, 'cancelled', { endedBy: 'organizer' }],
    [depositLate, 'expired', { quote: quoteWith(), deposit: paid('authorized') }],
    [depositVoided, 'booked', { quote: quoteWith(), deposit: paid('voided') }],
    [
      depositRefundFailed,
      'cancelled',
      {
        quote: quoteWith(),
        deposit: paid('captured'),
        refund: { refundId, amount: 200_000, status: 'failed' },
      },
    ],
  ] as const) {
    const lead = leadWith({ status, leadId: `lead_${definition.type}`, ...fields });
    await marketplace.put({ ...keyOf('LEAD', lead.leadId), ...lead }, {});
    await marketplace.put({ ...keyOf('BRIEF', lead.briefId), contact: address('organizer') }, {});
    await marketplace.put({ ...keyOf('TRUCK', lead.truckId), name: 'Tacos', contact: address('truck') }, {});
    sequence += 1;
    const event = lifecycleEvent(definition as typeof leadBooked, {
      ...fact(lead.leadId, sequence),
      data: {
        ...(definition.example as typeof leadBooked.example),
        ...{ leadId: lead.leadId, status, stage: lead.stage, refundId },
      },
    });
    await deliver(mail, asMessage(event));
    told.push(`${definition.type} → ${world.taken().map((line) => line.split('@')[0])}`);
  }
  expect(told).toEqual([
    'LEAD-CREATED → truck',
    'LEAD-REMINDED → truck',
    'LEAD-CONTACTED → organizer',
    'LEAD-QUOTED → organizer',
    'LEAD-ACCEPTED → truck',
    'LEAD-TIME-TAKEN → organizer',
    'LEAD-BOOKED → organizer,truck',
    'LEAD-COMPLETED → organizer',
    'LEAD-EXPIRED → organizer,truck',
    'LEAD-DECLINED → organizer',
    'LEAD-CANCELLED → organizer,truck',
    'DEPOSIT-LATE → organizer',
    'DEPOSIT-VOIDED → organizer,truck',
    'DEPOSIT-REFUND-FAILED → organizer,truck',
  ]);
});

test('an outgrown brief is told to its contact, once', async () => {
  const { marketplace } = world.tables;
  const briefId = 'brf_outgrown';
  const event = lifecycleEvent(briefOutgrown, {
    ...fact(briefId, 1),
    data: { ...briefOutgrown.example, briefId },
  });
  const brief = {
    ...keyOf('BRIEF', briefId),
    briefId,
    name: 'Company picnic',
    venue: { city: 'Cluj-Napoca' },
    startsAt: '2027-06-12T10:00:00Z',
    timeZone: 'Europe/Bucharest',
  };
  await marketplace.put(brief, {});
  await deliver(mail, asMessage(event));
  expect(world.taken()).toEqual([]);
  await marketplace.put({ ...brief, contact: { name: 'Ana Pop', email: 'ana@example.com' } }, {});
  await deliver(mail, asMessage(event));
  await deliver(mail, asMessage(event));
  expect(world.taken()).toEqual(['ana@example.com: More guests than food: Company picnic']);
});

test('the bookings that stand for a cancelled event are told to the contact of its brief, once; none when none stands', async () => {
  const { marketplace } = world.tables;
  const brief = {
    name: 'Company picnic',
    venue: { city: 'Cluj-Napoca' },
    startsAt: '2027-06-12T10:00:00Z',
    timeZone: 'Europe/Bucharest',
    contact: { name: 'Ana Pop', email: 'ana@example.com' },
  };
  const truckId = 'trk_stands';
  await marketplace.put({ ...keyOf('TRUCK', truckId), truckId, name: 'La Carreta' }, {});
  const tell = async (briefId: string, statuses: Readonly<Record<string, 'booked' | 'cancelled'>>) => {
    await marketplace.put({ ...keyOf('BRIEF', briefId), briefId, ...brief }, {});
    for (const [leadId, status] of Object.entries(statuses))
      await marketplace.put({ ...keyOf('LEAD', leadId), ...leadWith({ leadId, truckId, status }) }, {});
    const leadIds = Object.keys(statuses);
    await deliver(
      mail,
      asMessage(
        lifecycleEvent(briefEventCancelled, {
          ...fact(briefId, 1),
          data: { ...briefEventCancelled.example, briefId, leadIds },
        }),
      ),
    );
    return world.taken();
  };
  expect(await tell('brf_off', { lead_called_off: 'cancelled' })).toEqual([]);
  const two = { lead_stands: 'booked', lead_called_off: 'cancelled' } as const;
  expect(await tell('brf_stands', two)).toEqual([
    'ana@example.com: Still booked for a cancelled event: Company picnic',
  ]);
  const raw = world.sent.at(-1)?.raw ?? '';
  expect([raw.includes('La Carreta: lead_stands'), raw.includes('lead_called_off')]).toEqual([true, false]);
  expect(await tell('brf_stands', two)).toEqual([]);
});

test('that its verification is withdrawn is told to the contact of a truck, once, with the reason of that decision', async () => {
  const { marketplace } = world.tables;
  const truckId = 'trk_withdrawn';
  const event = lifecycleEvent(verificationWithdrawn, {
    ...fact(truckId, 3),
    data: { ...verificationWithdrawn.example, truckId, submissionId: 'ver_2' },
  });
  for (const [sequence, submissionId, outcome, reason] of [
    [2, 'ver_1', 'withdrawn', 'The first reason.'],
    [4, 'ver_2', 'verified', undefined],
    [5, 'ver_2', 'withdrawn', 'The insurance was called off.'],
    [7, 'ver_3', 'rejected', 'Not readable.'],
  ] as const) {
    const pk = `VERIFICATION-DECISIONS#${truckId}`;
    await marketplace.put({ pk, sk: `2026-11-2${sequence}`, submissionId, outcome, reason }, {});
  }
  const truck = { ...keyOf('TRUCK', truckId), truckId, name: 'La Carreta' };
  await marketplace.put(truck, {});
  await deliver(mail, asMessage(event));
  expect(world.taken()).toEqual([]);
  await marketplace.put({ ...truck, contact: { name: 'Sam', email: 'sam@example.com' } }, {});
  await deliver(mail, asMessage(event));
  await deliver(mail, asMessage(event));
  expect(world.taken()).toEqual(['sam@example.com: Not verified any more: La Carreta']);
  expect(world.sent.at(-1)?.raw).toContain('The insurance was called off.');
});

test('a cancelled session goes through the queue of notices to its holders', async () => {
  const session = await world.session();
  const made = await world.order({ sessions: [session] });
  await deliver(
    mail,
    asMessage(lifecycleEvent(orderConfirmed, { ...fact(made.order.orderId), data: orderData(made) })),
  );
  world.taken();
  const sequence = await world.changeSession(session, { status: 'cancelled' });
  const data = { ...sessionCancelled.example, ...session, status: 'cancelled' as const };
  await deliver(
    mail,
    asMessage(lifecycleEvent(sessionCancelled, { ...fact(session.sessionId, sequence), data })),
  );
  for (let body = queued.shift(); body !== undefined; body = queued.shift()) await deliver(notices, body);
  expect(world.taken()).toEqual([`${made.order.customer.email}: Cancelled: Songs`]);
});

test('the schedule begins the reminders that are due', async () => {
  const startsAt = new Date(Date.now() + 23 * 60 * 60 * 1_000).toISOString();
  const session = await world.session({ startsAt });
  const made = await world.order({ sessions: [session] });
  const longAgo = { ...fact(made.order.orderId).change, at: '2026-01-01T10:00:00.000Z' };
  await deliver(
    mail,
    asMessage(
      lifecycleEvent(orderConfirmed, { ...fact(made.order.orderId), change: longAgo, data: orderData(made) }),
    ),
  );
  world.taken();
  await reminders();
  for (let body = queued.shift(); body !== undefined; body = queued.shift()) await deliver(notices, body);
  expect(world.taken().map((line) => line.split(',')[0])).toEqual([
    `${made.order.customer.email}: Reminder: Songs`,
  ]);
});

test('nothing that is logged says who somebody is', async () => {
  const lines: string[] = [];
  const write = (chunk: unknown): boolean => {
    lines.push(String(chunk));
    return true;
  };
  const { logger } = await import('../../functions/platform/logger.ts');
  const level = logger.getLevelName();
  logger.setLogLevel('DEBUG');
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    vi.spyOn(logger['console'], name).mockImplementation(write),
  );
  const made = await world.order({ sessions: [await world.session()] });
  const told = asMessage(
    lifecycleEvent(orderConfirmed, { ...fact(made.order.orderId), data: orderData(made) }),
  );
  await deliver(mail, told);
  world.ses(() => Promise.reject(new Error('socket hang up')));
  const other = await world.order({ sessions: [await world.session()] });
  await expect(
    deliver(
      mail,
      asMessage(lifecycleEvent(orderConfirmed, { ...fact(other.order.orderId), data: orderData(other) })),
    ),
  ).rejects.toThrow();
  world.ses(async () => ({ MessageId: 'm' }));
  for (const spy of spies) spy.mockRestore();
  logger.setLogLevel(level);
  expect(lines.join('\n')).toMatch(/order-confirmed[\s\S]*message failed/);
  expect(lines.join('\n')).not.toMatch(/@example\.com|Bea|Buyer|Ann|Holder/);
});
