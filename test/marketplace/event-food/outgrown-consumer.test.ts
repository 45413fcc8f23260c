import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventCancelled, sessionCancelled } from '../../../functions/catalog/contracts.ts';
import { leadBooked, leadCancelled } from '../../../functions/marketplace/contracts.ts';
import { eventCancelledKey } from '../../../functions/marketplace/event-food/booked-food.ts';
import { leadKey } from '../../../functions/marketplace/leads/lead-store.ts';
import { orderConfirmed, rsvpConfirmed } from '../../../functions/orders/contracts.ts';
import { type LifecycleEvent, lifecycleEvent } from '../../../functions/platform/lifecycle-event.ts';
import { keyOf } from '../../../functions/platform/owned-item.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';
import { leadWith } from '../../support/lead.ts';

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/000000000000/outgrown';
const sqs = mockClient(SQSClient);
let engine: Engine;
let table: Table;
let catalog: Table;
let deliver: (body: object) => Promise<number>;
beforeAll(async () => {
  engine = await startEngine();
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    MARKETPLACE_TABLE: 'marketplace',
    CATALOG_TABLE: 'catalog',
    TICKETING_TABLE: 'ticketing',
    PLANS_BUCKET: 'plans',
    OUTGROWN_QUEUE_URL: queueUrl,
    LOOK_AT_SALES_SECONDS: '60',
  });
  table = await engine.createTable('marketplace');
  catalog = await engine.createTable('catalog');
  await engine.createTable('ticketing');
  const { handler } = await import('../../../functions/marketplace/event-food/outgrown-consumer.ts');
  deliver = async (body) => {
    const record = {
      messageId: 'm',
      body: JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1' },
    };
    const event: SQSEvent = { Records: [record as SQSRecord] };
    return (await handler(event, { awsRequestId: 'r' } as Context)).batchItemFailures.length;
  };
});
afterAll(() => engine.stop());
beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
});

const fact = {
  sequence: 5,
  change: { what: 'made', by: 'ann', requestId: 'r', at: '2026-11-20T18:00:00.000Z' },
};
/** What was sent to its own queue. */
const looks = () =>
  sqs
    .commandCalls(SendMessageBatchCommand)
    .flatMap(({ args: [{ input }] }) =>
      (input.Entries ?? []).map(({ MessageBody, DelaySeconds }) => [
        input.QueueUrl,
        JSON.parse(MessageBody ?? ''),
        DelaySeconds,
      ]),
    );
const newSession = async (eventId: string, sessionId: string): Promise<void> => {
  await catalog.put({ ...keyOf('SESSION', sessionId), sessionId, eventId }, {});
};
const ofLead = (definition: typeof leadBooked | typeof leadCancelled, leadId: string, eventId?: string) =>
  lifecycleEvent(definition, {
    ...fact,
    aggregateId: leadId,
    data: {
      ...leadBooked.example,
      leadId,
      status: definition.type === 'LEAD-BOOKED' ? 'booked' : 'cancelled',
      ...(eventId !== undefined && { eventId }),
    },
  });
const sales: Readonly<Record<string, (sessionId: string) => LifecycleEvent>> = {
  'an order': (sessionId) =>
    lifecycleEvent(orderConfirmed, {
      ...fact,
      aggregateId: 'ord_1',
      data: { ...orderConfirmed.example, sessionIds: ['ses_other', sessionId] },
    }),
  'a confirmed answer': (sessionId) =>
    lifecycleEvent(rsvpConfirmed, {
      ...fact,
      aggregateId: 'rsvp_1',
      data: { ...rsvpConfirmed.example, sessionId },
    }),
};

test.each([
  ['a booking', leadBooked],
  ['a cancellation', leadCancelled],
] as const)('%s has the sales of its event looked at in a minute', async (name, definition) => {
  const eventId = `evt_${name}`;
  const leadId = `lead_${name}`;
  await table.put({ ...leadKey(leadId), ...leadWith({ leadId, status: 'booked', revision: 5 }) }, {});
  expect(await deliver({ detail: ofLead(definition, leadId, eventId) })).toBe(0);
  expect(looks()).toEqual([[queueUrl, { lookAt: eventId }, 60]]);
});

test('leads without an event have nothing looked at', async () => {
  expect(await deliver({ detail: ofLead(leadBooked, 'lead_none') })).toBe(0);
  expect(looks()).toEqual([]);
});

test.each(Object.keys(sales))('%s has it looked at when food is booked and no look is due', async (name) => {
  const eventId = `evt_${name}`;
  const sessionId = `ses_${name}`;
  await newSession(eventId, sessionId);
  await table.put({ pk: `EVENT#${eventId}`, sk: 'SALES-WATCH', dueAt: 1 }, {});
  const sale = sales[name]?.(sessionId);
  expect(await deliver({ detail: sale })).toBe(0);
  expect(await deliver({ detail: sale })).toBe(0);
  expect(looks()).toEqual([[queueUrl, { lookAt: eventId }, 60]]);
});

test.each([
  ['an event', eventCancelled, 'evt_off'],
  ['its session', sessionCancelled, 'evt_dark'],
] as const)(
  'that %s is cancelled is noted with the bookings that stand, and looked at no further',
  async (_, definition, eventId) => {
    const [sessionId, briefId, venueId] = [`ses_${eventId}`, `brf_${eventId}`, `ven_${eventId}`];
    const status = 'cancelled';
    const location = { lat: 46.77, lon: 23.62 };
    await catalog.put(
      { ...keyOf('VENUE', venueId), city: 'Cluj', location, timeZone: 'Europe/Bucharest' },
      {},
    );
    const event = { eventId, venueId, organizationId: 'org_1', sessionIds: [sessionId] };
    await catalog.put({ ...keyOf('EVENT', eventId), ...event, status: 'published' }, {});
    const times = { startsAt: '2027-03-06T10:00:00Z', endsAt: '2027-03-06T14:00:00Z' };
    await catalog.put({ ...keyOf('SESSION', sessionId), sessionId, eventId, ...times, status }, {});
    const leadId = `lead_${eventId}`;
    const lead = leadWith({ leadId, briefId, sessionId, status: 'booked', revision: 5 });
    await table.put({ ...leadKey(leadId), ...lead }, {});
    expect(await deliver({ detail: ofLead(leadBooked, leadId, eventId) })).toBe(0);
    sqs.resetHistory();
    const told =
      definition.type === 'EVENT-CANCELLED'
        ? lifecycleEvent(definition, {
            ...fact,
            aggregateId: eventId,
            data: { ...definition.example, eventId, status },
          })
        : lifecycleEvent(definition, {
            ...fact,
            aggregateId: sessionId,
            data: { ...definition.example, eventId, sessionId, status },
          });
    expect(await deliver({ detail: told })).toBe(0);
    expect(await table.get(eventCancelledKey(briefId), { consistent: true })).toMatchObject({
      eventId,
      leadIds: [leadId],
      organizationId: 'org_1',
      change: { what: 'brief.event_cancelled', by: 'system:leads-outgrown' },
    });
    expect(looks()).toEqual([]);
  },
);

test('a look at an event that is gone warns nobody, and what it does not know comes again', async () => {
  expect(await deliver({ lookAt: 'evt_a booking' })).toBe(0);
  expect(await deliver({ detail: { type: 'ORDER-CREATED' } })).toBe(1);
});
