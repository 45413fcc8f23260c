import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CalendarEntry } from '../../../functions/marketplace/calendar/calendar.ts';
import { isOpen, type Lead, leadStatus } from '../../../functions/marketplace/leads/lead.ts';
import { openLeads, stepWrites } from '../../../functions/marketplace/leads/lead-store.ts';
import {
  noteTaken,
  type TakenPage,
  type TakenPorts,
} from '../../../functions/marketplace/leads/note-taken.ts';
import { isConcerned, isTaken, oldestConcerned } from '../../../functions/marketplace/leads/time-taken.ts';
import { type TruckItem, truckDefaults } from '../../../functions/marketplace/truck.ts';
import { openOwned } from '../../../functions/platform/owned-item.ts';
import {
  changeAt,
  type LeadTable,
  leadWith,
  quoteWith,
  seconds,
  startLeadTable,
} from '../../support/lead.ts';
import { truckBody } from '../../support/truck-body.ts';

const interval = (from: string, to: string) => ({ from: seconds(from), to: seconds(to) });
/** Serves from noon to four in Cluj, the Saturday of `leadWith`; an hour of setup, half an hour of teardown. */
const booking = (fields: Partial<CalendarEntry> = {}): CalendarEntry => ({
  id: 'lead_booked',
  kind: 'booking',
  shown: interval('2027-03-06T12:00:00Z', '2027-03-06T16:00:00Z'),
  blocked: interval('2027-03-06T11:00:00Z', '2027-03-06T16:30:00Z'),
  unit: 0,
  place: { lat: 46.7712, lon: 23.6236 },
  ...fields,
});
const bucharest = { city: 'București', lat: 44.4268, lon: 26.1025 };

describe('whether bookings leave a lead no time', () => {
  const now = seconds('2027-03-04T10:00:00Z');
  const truck = { ...truckDefaults, ...truckBody } as unknown as TruckItem;
  test.each<[string, boolean, Partial<Lead>, readonly CalendarEntry[], Partial<TruckItem>?]>([
    ['nothing is booked', false, {}, []],
    ['one overlaps', true, {}, [booking()]],
    [
      'one ends just before its setup',
      false,
      {
        window: interval('2027-03-06T17:30:00Z', '2027-03-06T20:00:00Z'),
        place: { ...booking().place!, city: 'Cluj' },
      },
      [booking()],
    ],
    [
      'one is too far to drive from',
      true,
      { window: interval('2027-03-06T18:00:00Z', '2027-03-06T20:00:00Z'), place: bucharest },
      [booking()],
    ],
    ['another unit is free', false, {}, [booking()], { units: 2 }],
    ['both units are booked', true, {}, [booking(), booking({ id: 'lead_other', unit: 1 })], { units: 2 }],
    ['somebody only holds it', false, {}, [booking({ kind: 'hold', until: now + 60 })]],
    [
      'the truck itself has closed',
      false,
      {},
      [booking({ kind: 'blackout', unit: 'all', place: undefined })],
    ],
    [
      'it holds the time itself, with a setup that was shorter then',
      false,
      {},
      [
        booking({ blocked: interval('2027-03-06T14:00:00Z', '2027-03-06T16:30:00Z') }),
        booking({
          id: leadWith().leadId,
          kind: 'hold',
          until: now,
          blocked: interval('2027-03-06T09:30:00Z', '2027-03-06T14:00:00Z'),
        }),
      ],
    ],
    [
      'its own hold has lapsed',
      true,
      {},
      [booking(), booking({ id: leadWith().leadId, kind: 'hold', until: now - 1 })],
    ],
  ])('%s: %s', (_, expected, fields, entries, settings = {}) => {
    expect(isTaken(leadWith(fields), entries, { ...truck, ...settings }, now)).toBe(expected);
  });
});

describe('which leads a booking may concern', () => {
  const booked = { leadId: 'lead_booked', truckId: leadWith().truckId, blocked: booking().blocked };
  test.each<[string, boolean, Partial<Lead>]>([
    ['open, of the same day', true, {}],
    ['the booked one', false, { leadId: 'lead_booked' }],
    ['of another truck', false, { truckId: 'trk_other' }],
    ['noted before', false, { takenAt: '2027-03-04T10:00:00.000Z' }],
    ['weeks later', false, { window: interval('2027-03-26T10:00:00Z', '2027-03-26T14:00:00Z') }],
    ['the next day', true, { window: interval('2027-03-07T10:00:00Z', '2027-03-07T14:00:00Z') }],
  ])('%s: %s', (_, expected, fields) => {
    expect(isConcerned(leadWith(fields), booked)).toBe(expected);
  });

  test('those that may still become bookings', () => {
    expect(leadStatus.options.filter(isOpen)).toEqual(['new', 'contacted', 'quoted', 'accepted']);
  });

  test('none that was asked too long ago', () => {
    // 2027-03-06T11:00Z, less two days of way for either, and 350 ahead.
    expect(oldestConcerned(booked)).toBe('2026-03-17T11:00:00.000Z');
  });
});

describe('a booking', () => {
  let world: LeadTable;
  let truck: TruckItem;
  let booked: Lead;
  beforeAll(async () => {
    world = await startLeadTable();
    truck = await world.truck();
    booked = await world.lead({ status: 'booked', stage: 5 }, { truck, as: { kind: 'booking' } });
  });
  afterAll(() => world.stop());

  const change = { ...changeAt('2027-03-04T10:00:00.000Z'), what: 'lead.time_taken' };
  const note = async (page: TakenPage, ports: Partial<TakenPorts> = {}): Promise<readonly TakenPage[]> => {
    const asked: TakenPage[] = [];
    await noteTaken(
      {
        table: world.table,
        leads: openLeads(world.table),
        trucks: openOwned<TruckItem>(world.table, 'TRUCK'),
        clock: () => seconds('2027-03-04T10:00:00Z'),
        askForNext: async (next) => {
          asked.push(next);
        },
        ...ports,
      },
      page,
      change,
    );
    return asked;
  };
  const takenAt = async ({ leadId }: Lead) => (await openLeads(world.table).get(leadId))?.takenAt;

  test('is noted on the open leads that it leaves no time, once', async () => {
    const taken = await Promise.all(
      (['new', 'contacted', 'quoted', 'accepted'] as const).map((status) =>
        world.lead({ status, quote: quoteWith() }),
      ),
    );
    const others = await Promise.all([
      world.lead({ status: 'declined' }),
      world.lead({ truckId: 'trk_other' }),
      world.lead({ window: interval('2027-03-16T10:00:00Z', '2027-03-16T14:00:00Z') }),
    ]);
    expect(await note({ leadId: booked.leadId })).toEqual([]);
    expect(await Promise.all(taken.map(takenAt))).toEqual(taken.map(() => '2027-03-04T10:00:00.000Z'));
    expect(await Promise.all([booked, ...others].map(takenAt))).toEqual([
      undefined,
      ...others.map(() => undefined),
    ]);
    // The message came again, or twice at once.
    await Promise.all([note({ leadId: booked.leadId }), note({ leadId: booked.leadId })]);
    const after = await openLeads(world.table).get(taken[0]!.leadId);
    expect(after).toEqual({
      ...taken[0],
      takenAt: '2027-03-04T10:00:00.000Z',
      updatedAt: '2027-03-04T10:00:00.000Z',
      revision: 2,
    });
    expect(await openLeads(world.table).history(taken[0]!.leadId)).toHaveLength(1);
  });

  test('is looked at anew when somebody else was faster', async () => {
    const lead = await world.lead({ status: 'quoted', stage: 3, quote: quoteWith() });
    const leads = openLeads(world.table);
    let declined = false;
    await note(
      { leadId: booked.leadId },
      {
        leads: {
          ...leads,
          async get(leadId) {
            const read = await leads.get(leadId);
            if (leadId === lead.leadId && !declined && read !== undefined) {
              declined = true;
              const step = { command: 'decline', fields: { endedBy: 'organizer' } } as const;
              await world.table.transact(stepWrites(read, [step], 'organizer', change));
            }
            return read;
          },
        },
      },
    );
    expect(declined).toBe(true);
    expect(await takenAt(lead)).toBeUndefined();
  });

  test('that was called off takes nothing', async () => {
    const cancelled = await world.lead({ status: 'cancelled', hold: booked.hold });
    const lead = await world.lead();
    expect(await note({ leadId: cancelled.leadId })).toEqual([]);
    expect(await takenAt(lead)).toBeUndefined();
  });

  test.each([
    ['goes on', '2026-03-17T09:00:00.000Z', 1],
    ['ends where leads were asked too long ago', '2026-03-17T08:59:59.000Z', 0],
  ])('goes through a hundred leads for each message, and %s', async (name, createdAt, messages) => {
    const organization = { truckOrganizationId: `org_${name}`, truckId: `trk_${name}` };
    await world.truck({ truckId: organization.truckId, organizationId: organization.truckOrganizationId });
    const long = await world.lead({ ...organization, status: 'booked', hold: booked.hold });
    for (let index = 0; index < 105; index += 1)
      await world.lead({ ...organization, createdAt, status: 'declined' });
    const asked = await note({ leadId: long.leadId });
    expect(asked.map(({ leadId }) => leadId)).toEqual(Array(messages).fill(long.leadId));
    // The last page knows of no other.
    for (const page of asked) expect(await note(page)).toEqual([]);
  });
});

describe('the function', () => {
  test('takes LEAD-BOOKED and its own messages, and nothing else', async () => {
    const world = await startLeadTable();
    const truck = await world.truck();
    const booked = await world.lead({ status: 'booked' }, { truck, as: { kind: 'booking' } });
    const lead = await world.lead();
    const other = await world.lead();
    const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/000000000000/taken';
    mockClient(SQSClient).on(SendMessageBatchCommand).rejects(new Error('Nothing goes on'));
    Object.assign(process.env, {
      STAGE: 'test',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: world.endpoint,
      MARKETPLACE_TABLE: 'marketplace',
      TIME_TAKEN_QUEUE_URL: queueUrl,
    });
    const { handler } = await import('../../../functions/marketplace/leads/time-taken-consumer.ts');
    const { leadBooked, leadQuoted } = await import('../../../functions/marketplace/leads/lead-lifecycle.ts');
    const { lifecycleEvent } = await import('../../../functions/platform/lifecycle-event.ts');
    const told = (type: 'LEAD-BOOKED' | 'LEAD-QUOTED', leadId: string) => ({
      detail: lifecycleEvent(type === 'LEAD-BOOKED' ? leadBooked : leadQuoted, {
        aggregateId: leadId,
        sequence: 5,
        change: changeAt('2027-03-04T10:00:00.000Z'),
        data: { ...leadBooked.example, leadId, status: 'booked' },
      }),
    });
    const deliver = (body: object): Promise<SQSBatchResponse> =>
      handler(
        { Records: [{ messageId: 'm', body: JSON.stringify(body), attributes: {} }] } as unknown as SQSEvent,
        { awsRequestId: 'a' } as Context,
      );
    const failed = { batchItemFailures: [{ itemIdentifier: 'm' }] };
    expect(await deliver(told('LEAD-QUOTED', booked.leadId))).toEqual(failed);
    expect((await openLeads(world.table).get(lead.leadId))?.takenAt).toBeUndefined();
    expect(await deliver(told('LEAD-BOOKED', booked.leadId))).toEqual({ batchItemFailures: [] });
    expect((await openLeads(world.table).get(lead.leadId))?.takenAt).toMatch(/^\d{4}-/);
    expect((await openLeads(world.table).get(other.leadId))?.takenAt).toMatch(/^\d{4}-/);
    expect(await deliver({ leadId: booked.leadId })).toEqual({ batchItemFailures: [] });
    await world.stop();
  });
});
