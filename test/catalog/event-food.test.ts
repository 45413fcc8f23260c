import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foodView } from '../../functions/catalog/event-food.ts';
import {
  leadBooked,
  leadCancelled,
  truckListed,
  truckUnlisted,
  truckUpdated,
} from '../../functions/marketplace/contracts.ts';
import { type LifecycleEvent, lifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { keyOf } from '../../functions/platform/owned-item.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type Catalog, startCatalog } from './harness.ts';

let catalog: Catalog;
let marketplace: Table;
let deliver: (...events: readonly LifecycleEvent[]) => Promise<void>;
beforeAll(async () => {
  catalog = await startCatalog();
  marketplace = await catalog.engine.createTable('marketplace');
  process.env['MARKETPLACE_TABLE'] = 'marketplace';
  const { handler } = await import('../../functions/catalog/publication.ts');
  deliver = async (...events) => {
    const records = events.map((detail, index) => ({
      messageId: `m${index}`,
      body: JSON.stringify({ detail }),
      attributes: { ApproximateReceiveCount: '1' },
    }));
    const event: SQSEvent = { Records: records as SQSRecord[] };
    expect((await handler(event, { awsRequestId: 'r' } as Context)).batchItemFailures).toEqual([]);
  };
});
afterAll(() => catalog.stop());

const at = '2036-11-20T18:00:00.000Z';
const fact = (aggregateId: string, sequence: number) => ({
  aggregateId,
  sequence,
  change: { what: 'made', by: 'ann', requestId: 'r', at },
});
const window = { from: '2037-03-01T19:00:00.000Z', to: '2037-03-01T22:00:00.000Z' };

/** A truck in the marketplace’s table: `trk_<n>`, at revision 3. */
let trucks = 0;
const newTruck = async (): Promise<string> => {
  trucks += 1;
  const truckId = `trk_${String(trucks).padStart(26, '0')}`;
  await marketplace.put(
    {
      ...keyOf('TRUCK', truckId),
      truckId,
      name: 'La Carreta',
      cuisines: ['mexican'],
      status: 'listed',
      revision: 3,
    },
    {},
  );
  return truckId;
};
const ofTruck = (
  definition: typeof truckUpdated | typeof truckListed | typeof truckUnlisted,
  truckId: string,
  sequence: number,
  name: string,
  status: 'listed' | 'draft' = 'listed',
) =>
  lifecycleEvent(definition, {
    ...fact(truckId, sequence),
    data: { truckId, name, cuisines: ['mexican'], city: 'Cluj-Napoca', priceBand: 2, status },
  });
const ofLead = (
  definition: typeof leadBooked | typeof leadCancelled,
  sequence: number,
  lead: {
    readonly leadId: string;
    readonly truckId: string;
    readonly eventId?: string;
    readonly sessionId?: string;
  },
) =>
  lifecycleEvent(definition, {
    ...fact(lead.leadId, sequence),
    data: {
      ...lead,
      briefId: 'brf_1',
      truckOrganizationId: 'org_truck',
      status: definition.type === 'LEAD-BOOKED' ? 'booked' : 'cancelled',
      stage: 4,
      window,
      leadCreatedAt: at,
    },
  });

const newEvent = async (): Promise<string> => {
  const venue = await catalog.call('createVenue', {
    body: {
      name: 'Paraninfo',
      address: '',
      city: 'La Laguna',
      country: 'ES',
      location: { lat: 28.4817, lon: -16.3176 },
      timeZone: 'Atlantic/Canary',
    },
  });
  const body = { name: 'Four Last Songs', category: 'concert', venueId: venue.body.id };
  return (await catalog.call('createEvent', { body })).body.id;
};
const foodOn = async (eventId: string, call = catalog.call) =>
  (await call('getEvent', { params: { eventId } })).body.food;
const shown = (truckId: string, name = 'La Carreta') => ({ truckId, name, cuisines: ['mexican'], ...window });

test('every instance shows a booked truck, its new name, that it is listed no more, and that it was called off', async () => {
  const eventId = await newEvent();
  const truckId = await newTruck();
  const lead = { leadId: 'lead_a', truckId, eventId };
  const instances = [catalog.call, catalog.anotherInstance()];
  const everywhere = async (food: readonly object[]) => {
    for (const call of instances) expect(await foodOn(eventId, call)).toEqual(food);
  };
  await everywhere([]);
  await deliver(ofLead(leadBooked, 5, lead));
  await everywhere([shown(truckId)]);
  await deliver(ofTruck(truckUpdated, truckId, 4, 'La Carreta Verde'));
  await everywhere([shown(truckId, 'La Carreta Verde')]);
  await deliver(ofTruck(truckUnlisted, truckId, 5, 'La Carreta Verde', 'draft'));
  await everywhere([]);
  await deliver(ofTruck(truckListed, truckId, 6, 'La Carreta Verde'));
  await everywhere([shown(truckId, 'La Carreta Verde')]);
  await deliver(ofLead(leadCancelled, 6, lead));
  await everywhere([]);
});

test('a second delivery does not touch the event: its tag stays', async () => {
  const eventId = await newEvent();
  const booked = ofLead(leadBooked, 5, { leadId: 'lead_b', truckId: await newTruck(), eventId });
  const tag = async () => (await catalog.call('getEvent', { params: { eventId } })).etag;
  const before = await tag();
  await deliver(booked);
  const after = await tag();
  expect(after).not.toBe(before);
  await deliver(booked, booked);
  expect(await tag()).toBe(after);
});

test('leads without an event, and those of an event that is gone, change nothing', async () => {
  const eventId = await newEvent();
  const truckId = await newTruck();
  await deliver(ofLead(leadBooked, 5, { leadId: 'lead_c', truckId }));
  expect(await foodOn(eventId)).toEqual([]);
  await catalog.call('deleteEvent', { params: { eventId } });
  await deliver(ofLead(leadBooked, 5, { leadId: 'lead_c', truckId, eventId }));
  expect((await catalog.call('getEvent', { params: { eventId } })).status).toBe(404);
  expect((await catalog.table.query({ pk: `EVENT#${eventId}`, consistent: true })).items).toEqual([]);
});

test('whatever the order, and however often each comes, the page shows the same', async () => {
  const eventId = await newEvent();
  let run = 0;
  const kept: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      run += 1;
      const truckId = await newTruck();
      const stays = { leadId: `lead_stays_${run}`, truckId, eventId };
      const ends = { leadId: `lead_ends_${run}`, truckId, eventId };
      kept.push(truckId);
      const events = [
        ofLead(leadBooked, 5, stays),
        ofLead(leadBooked, 5, ends),
        ofLead(leadCancelled, 6, ends),
        ofTruck(truckUpdated, truckId, 4, 'Old name'),
        ofTruck(truckUpdated, truckId, 5, 'New name'),
      ];
      const twice = [...events, ...events]
        .map((event) => ({ event, at: numbers.next().value }))
        .sort((one, other) => one.at - other.at)
        .map(({ event }) => event);
      await deliver(...twice);
      const food: readonly { readonly truckId: string }[] = await foodOn(eventId);
      expect(food).toHaveLength(kept.length);
      for (const id of kept) expect(food).toContainEqual(shown(id, 'New name'));
    }),
    { numRuns: 12 },
  );
});

test('what is cancelled shows no food, whoever is still booked', async () => {
  const eventId = await newEvent();
  const ticketTypes = [{ name: 'Pit', price: { amount: 1_000, currency: 'EUR' }, quantity: 100 }];
  const newSession = async (): Promise<string> => {
    const body = { startsAt: '2037-03-01T20:00:00Z', endsAt: '2037-03-01T22:00:00Z', ticketTypes };
    return (await catalog.call('createSession', { params: { eventId }, body })).body.id;
  };
  const [first, second] = [await newSession(), await newSession()];
  const trucks = [await newTruck(), await newTruck(), await newTruck()] as const;
  const named = (index: 0 | 1 | 2) => shown(trucks[index]);
  await deliver(
    ofLead(leadBooked, 5, { leadId: 'lead_first', truckId: trucks[0], eventId, sessionId: first }),
    ofLead(leadBooked, 5, { leadId: 'lead_second', truckId: trucks[1], eventId, sessionId: second }),
    ofLead(leadBooked, 5, { leadId: 'lead_whole', truckId: trucks[2], eventId }),
  );
  const cancel = (sessionId: string) => catalog.call('cancelSession', { params: { sessionId } });
  const read = async () => (await foodOn(eventId)).map(({ truckId }: { truckId: string }) => truckId).sort();
  expect(await read()).toEqual([named(0), named(1), named(2)].map(({ truckId }) => truckId));
  expect((await cancel(first)).status).toBe(200);
  expect(await read()).toEqual([trucks[1], trucks[2]]);
  expect((await catalog.call('cancelEvent', { params: { eventId } })).status).toBe(200);
  expect(await read()).toEqual([]);
});

const at9 = { from: '2037-03-01T09:00:00Z', to: '2037-03-01T10:00:00Z' };
const food = (sessionId?: string) => ({
  bookings: [{ pk: '', sk: '', leadId: 'l', truckId: 't', sessionId, ...at9, isBooked: true, sequence: 1 }],
  truckIds: ['t'],
  trucks: new Map([
    ['t', { pk: '', sk: '', truckId: 't', name: 'T', cuisines: [], isListed: true, revision: 1 }],
  ]),
});
const one = { sessionId: 'ses_1', status: 'published' } as const;
const off = { sessionId: 'ses_2', status: 'cancelled' } as const;
test.each([
  ['of the event without sessions', 'draft', [], undefined, 1],
  ['of the event with one that takes place', 'published', [one, off], undefined, 1],
  ['of the event with none that takes place', 'published', [off], undefined, 0],
  ['of a session that takes place', 'published', [one, off], 'ses_1', 1],
  ['of a session that does not', 'published', [one, off], 'ses_2', 0],
  ['of a session that is put off', 'published', [{ ...one, status: 'postponed' }], 'ses_1', 1],
  ['of a cancelled event', 'cancelled', [one], undefined, 0],
  ['of a session of a cancelled event', 'cancelled', [one], 'ses_1', 0],
] as const)('food %s, which is %s, is shown or not', (_, status, sessions, sessionId, count) => {
  expect(foodView(food(sessionId), { status }, sessions)).toHaveLength(count);
});
