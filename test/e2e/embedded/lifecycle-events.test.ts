import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, inject, test } from 'vitest';
import * as z from 'zod';
import { briefBody } from '../../support/brief-body.ts';
import { anybody } from '../client.ts';
import { newLead, newOrganizer, newTruck, putOnSale } from '../scenario.ts';
import { waitFor } from '../wait-for.ts';

/**
 * What the bus carried, as GET /_local/outbox shows it. Only the embedded cloud has an outbox: a bus in AWS
 * or LocalStack can only be watched by a rule of its own.
 */
const entry = z.object({
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  time: z.string(),
  detail: z.looseObject({
    id: z.string(),
    type: z.string(),
    version: z.int(),
    occurredAt: z.string(),
    aggregate: z.object({ kind: z.string(), id: z.string(), sequence: z.int() }),
    actor: z.string(),
    idempotencyKey: z.string().optional(),
    organizationId: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
  }),
});
type Entry = z.output<typeof entry>;

const outboxOf = async (type: string): Promise<readonly Entry[]> => {
  const url = new URL('/_local/outbox', inject('target').url);
  url.searchParams.set('type', type);
  url.searchParams.set('limit', '1000');
  const response = await fetch(url);
  return z.object({ events: z.array(entry) }).parse(await response.json()).events;
};

/** The lifecycle event of that type and aggregate, once the bus has carried it. */
const published = (type: string, aggregateId: string): Promise<Entry> =>
  waitFor(`${type} of ${aggregateId}`, async () =>
    (await outboxOf(type)).find(({ detail }) => detail.aggregate.id === aggregateId),
  );

const schemaOf = (type: string): object =>
  JSON.parse(
    readFileSync(
      new URL(`../../../docs/reference/lifecycle-events/${type}.v1.schema.json`, import.meta.url),
      'utf8',
    ),
  ) as object;

const checkForm = ({ detail }: Entry): void => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const validate = ajv.compile(schemaOf(detail.type));
  expect(validate(detail) ? [] : validate.errors).toEqual([]);
};

test('a hold’s life is told on the bus, in order and by the published schemas', async () => {
  const { sessionId } = await putOnSale({ holdSeconds: 60 });
  const visitor = anybody();
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const idempotencyKey = crypto.randomUUID();
  const { body: hold } = await visitor.ok(201, 'createHold', {
    params: { sessionId },
    idempotencyKey,
    headers: { traceparent },
    body: { seats: ['A-1', 'C-2'] },
  });
  await visitor.ok(200, 'extendHold', { params: { holdId: hold.id }, body: { seconds: 600 } });
  await visitor.ok(204, 'cancelHold', { params: { holdId: hold.id } });

  const told = [
    await published('SEAT-HOLD-CREATED', hold.id),
    await published('SEAT-HOLD-EXTENDED', hold.id),
    await published('SEAT-HOLD-CANCELLED', hold.id),
  ];
  for (const event of told) {
    checkForm(event);
    expect(event).toMatchObject({
      source: 'fairground.ticketing',
      detail: { type: event['detail-type'], aggregate: { kind: 'hold', id: hold.id } },
    });
  }
  expect(told.map(({ detail }) => detail.aggregate.sequence)).toEqual([1, 2, 3]);
  expect(told[0]?.detail).toMatchObject({ trace: traceparent, actor: 'anonymous' });
  expect(new Set(told.map(({ detail }) => detail.id)).size).toBe(3);
});

test('an expired hold is announced soon after its instant', async () => {
  const { sessionId } = await putOnSale({ holdSeconds: 1 });
  const { body: hold } = await anybody().ok(201, 'createHold', {
    params: { sessionId },
    body: { seats: ['A-1'] },
  });
  const expired = await published('SEAT-HOLD-EXPIRED', hold.id);
  checkForm(expired);
  expect(Date.parse(expired.time)).toBeGreaterThanOrEqual(Date.parse(hold.expiresAt) - 1_000);
});

test('a lead’s life is told on the bus, in order and by the published schemas', async () => {
  const [organizer, truck] = [await newOrganizer(), await newOrganizer()];
  const { id: truckId } = await newTruck(truck);
  const { body: brief } = await organizer.client.ok(201, 'createBrief', { body: briefBody });
  const leadId = await newLead({ organizer, briefId: brief.id, truck, truckId }, 'booked');
  await organizer.client.ok(200, 'cancelLead', { params: { leadId }, body: { reason: 'The picnic is off' } });

  const told: Entry[] = [];
  for (const type of [
    'LEAD-CREATED',
    'LEAD-CONTACTED',
    'LEAD-QUOTED',
    'LEAD-ACCEPTED',
    'LEAD-BOOKED',
    'LEAD-CANCELLED',
  ])
    told.push(await published(type, leadId));
  for (const type of ['TRUCK-HOLD-CREATED', 'TRUCK-HOLD-CONFIRMED', 'TRUCK-HOLD-CANCELLED'])
    checkForm(await published(type, leadId));
  checkForm(await published('QUOTE-CREATED', `${leadId}/1`));
  for (const event of told) {
    checkForm(event);
    expect(event.source).toBe('fairground.marketplace');
  }
  expect(told.map(({ detail }) => [detail.aggregate.sequence, detail.data['status'], detail.actor])).toEqual([
    [1, 'new', organizer.subject],
    [2, 'contacted', truck.subject],
    [3, 'quoted', truck.subject],
    [4, 'accepted', organizer.subject],
    [5, 'booked', organizer.subject],
    [6, 'cancelled', organizer.subject],
  ]);
  // Whose words they were is told, not the words.
  expect(JSON.stringify(told)).not.toContain('picnic is off');
});

test('what becomes of a deposit is told by the published schemas', async () => {
  const [organizer, truck] = [await newOrganizer(), await newOrganizer()];
  const { id: truckId } = await newTruck(truck);
  const { body: brief } = await organizer.client.ok(201, 'createBrief', { body: briefBody });
  const leadId = await newLead({ organizer, briefId: brief.id, truck, truckId }, 'accepted');
  const params = { leadId };
  await organizer.client.ok(201, 'payDeposit', { params, body: { payment: { provider: 'test' } } });
  await published('DEPOSIT-CAPTURED', leadId);
  await truck.client.ok(200, 'cancelLead', { params, body: { reason: 'The engine broke' } });
  for (const [type, status] of [
    ['DEPOSIT-AUTHORIZED', 'booked'],
    ['DEPOSIT-CAPTURED', 'booked'],
    ['DEPOSIT-REFUND-REQUESTED', 'cancelled'],
    ['DEPOSIT-REFUND-SUCCEEDED', 'cancelled'],
  ] as const) {
    const event = await published(type, leadId);
    checkForm(event);
    expect(event.detail).toMatchObject({
      organizationId: organizer.organizationId,
      aggregate: { kind: 'deposit' },
      data: { status, truckId, amount: { amount: 166_250, currency: 'RON' } },
    });
  }
});

test('what the organizer does is told with who did it', async () => {
  const { organizer, venueId, eventId, sessionId } = await putOnSale();
  const { subject, organizationId } = organizer;
  await organizer.client.ok(200, 'cancelEvent', { params: { eventId } });
  for (const [type, aggregateId, actor] of [
    ['ORGANIZATION-CREATED', organizationId, subject],
    ['VENUE-CREATED', venueId, subject],
    ['EVENT-CREATED', eventId, subject],
    ['SESSION-CREATED', sessionId, subject],
    ['SESSION-PUBLISHING', sessionId, subject],
    ['SESSION-PUBLISHED', sessionId, 'system:catalog-publication'],
    ['EVENT-PUBLISHED', eventId, 'system:catalog-publication'],
    ['EVENT-CANCELLED', eventId, subject],
    ['SESSION-CANCELLED', sessionId, subject],
  ] as const) {
    const event = await published(type, aggregateId);
    checkForm(event);
    expect([type, event.detail.actor, event.detail.organizationId]).toEqual([type, actor, organizationId]);
  }
  const of = async (type: string) => (await published(type, sessionId)).detail.aggregate.sequence;
  const sequences = [
    await of('SESSION-CREATED'),
    await of('SESSION-PUBLISHING'),
    await of('SESSION-PUBLISHED'),
    await of('SESSION-CANCELLED'),
  ];
  expect(sequences).toEqual([1, 2, 3, 4]);
});
