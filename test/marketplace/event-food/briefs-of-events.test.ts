import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf } from '../../../functions/platform/owned-item.ts';
import { briefBody } from '../../support/brief-body.ts';
import {
  type Marketplace,
  newLead,
  newTruck,
  organizationId,
  otherOrganizationId,
  startMarketplace,
} from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const id = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;

let events = 0;
/** An event in Cluj with sessions at the hours of `briefBody`, by default of `dan`’s organization. */
const newEvent = async (sessions = 1, of = otherOrganizationId, startsAt = briefBody.startsAt) => {
  events += 1;
  const eventId = id('evt', events);
  const venueId = id('ven', events);
  const sessionIds = Array.from({ length: sessions }, (_, index) => id('ses', events * 100 + index));
  await world.catalog.put(
    {
      ...keyOf('VENUE', venueId),
      city: 'Cluj-Napoca',
      location: { lat: 46.7712, lon: 23.6236 },
      timeZone: 'Europe/Bucharest',
    },
    {},
  );
  await world.catalog.put(
    { ...keyOf('EVENT', eventId), eventId, organizationId: of, venueId, sessionIds, status: 'published' },
    {},
  );
  for (const sessionId of sessionIds) {
    await world.catalog.put(
      {
        ...keyOf('SESSION', sessionId),
        sessionId,
        eventId,
        startsAt,
        endsAt: briefBody.endsAt,
        doorsOpenMinutes: 30,
        status: 'published',
      },
      {},
    );
  }
  return { eventId, sessionIds };
};
const { name, guests } = briefBody;
const create = (body: object, options: object = {}) =>
  world.call('createBrief', { as: 'dan', body: { name, guests, ...body }, ...options });
const update = (briefId: string, revision: number, body: object) =>
  world.call('updateBrief', { as: 'dan', params: { briefId }, ifMatch: `"r${revision}"`, body });

describe('a brief for an event', () => {
  test('has venue and times of its only session, from its doors on, and the sales of it', async () => {
    const { eventId } = await newEvent();
    const made = await create({ eventId });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      eventId,
      warnAtPercent: 10,
      venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
      startsAt: new Date(Date.parse(briefBody.startsAt) - 30 * 60_000).toISOString(),
      endsAt: briefBody.endsAt,
    });
    const read = await world.call('getBrief', { as: 'dan', params: { briefId: made.body.id } });
    expect(read.body.sales).toEqual({ sold: 0, capacity: 0, asOf: expect.stringMatching(/Z$/) });
    const listed = await world.call('listBriefs', { as: 'dan', query: {} });
    expect(listed.body.items[0]).toEqual(made.body);
  });

  test('may name one session of several', async () => {
    const { eventId, sessionIds } = await newEvent(2);
    const unsaid = await create({ eventId });
    expect(unsaid.status).toBe(422);
    expect(unsaid.body.errors).toMatchObject([{ pointer: '/sessionId', code: 'AMBIGUOUS' }]);
    const made = await create({ eventId, sessionId: sessionIds[1] });
    expect(made.body).toMatchObject({ eventId, sessionId: sessionIds[1], endsAt: briefBody.endsAt });
  });

  test('is refused with what is wrong', async () => {
    const foreign = await newEvent(1, organizationId);
    const own = await newEvent();
    const pointers = async (body: object) => {
      const answer = await create(body);
      expect(answer.status).toBe(422);
      return answer.body.errors.map(({ pointer }: { readonly pointer: string }) => pointer);
    };
    expect(await pointers({ eventId: foreign.eventId })).toEqual(['/eventId']);
    expect(await pointers({ eventId: id('evt', 999_999) })).toEqual(['/eventId']);
    expect(await pointers({ eventId: own.eventId, sessionId: foreign.sessionIds[0] })).toEqual([
      '/sessionId',
    ]);
    expect(await pointers({})).toEqual(['/venue', '/startsAt', '/endsAt']);
    expect(await pointers({ ...briefBody, sessionId: own.sessionIds[0] })).toEqual(['/sessionId']);
  });

  test('has a begin to come, also when the event gives it: with its doors open, another is said', async () => {
    // Half an hour before, the doors are open.
    const startsAt = new Date(Date.now() + 10 * 60_000).toISOString();
    const { eventId } = await newEvent(1, otherOrganizationId, startsAt);
    const endsAt = new Date(Date.now() + 60 * 60_000).toISOString();
    const refused = await create({ eventId, endsAt });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/startsAt', code: 'IN_THE_PAST' }]);
    expect((await create({ eventId, startsAt, endsAt })).body).toMatchObject({ startsAt, endsAt });
  });

  test('answers a repeat with itself, also when the event was cancelled since; another body is refused', async () => {
    const { eventId } = await newEvent();
    const key = crypto.randomUUID();
    const made = await create({ eventId }, { key });
    await world.catalog.update(keyOf('EVENT', eventId), {
      update: 'SET #status = :status',
      names: { '#status': 'status' },
      values: { ':status': 'cancelled' },
    });
    const again = await create({ eventId }, { key });
    expect([again.status, again.body]).toEqual([201, made.body]);
    expect((await create({ eventId, guests: 201 }, { key })).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await create({ eventId })).body.errors).toMatchObject([{ code: 'EVENT_CANCELLED' }]);
  });
});

describe('the event of a brief', () => {
  test('can be given, changed and taken away while no truck is asked', async () => {
    const first = await newEvent(2);
    const second = await newEvent();
    const made = await create(briefBody);
    const { id: briefId } = made.body;
    const named = await update(briefId, 1, { eventId: first.eventId, sessionId: first.sessionIds[0] });
    expect(named.body).toMatchObject({ eventId: first.eventId, sessionId: first.sessionIds[0] });
    expect(named.body.startsAt).toBe(briefBody.startsAt);
    const all = await update(briefId, 2, { sessionId: null });
    expect([all.body.eventId, all.body.sessionId]).toEqual([first.eventId, undefined]);
    const wrong = await update(briefId, 3, { sessionId: second.sessionIds[0] });
    expect(wrong.body.errors).toMatchObject([{ pointer: '/sessionId', code: 'UNKNOWN_REFERENCE' }]);
    await update(briefId, 3, { sessionId: first.sessionIds[1] });
    const other = await update(briefId, 4, { eventId: second.eventId });
    expect([other.body.eventId, other.body.sessionId]).toEqual([second.eventId, undefined]);
    const none = await update(briefId, 5, { eventId: null });
    expect([none.status, none.body.eventId, none.body.sessionId]).toEqual([200, undefined, undefined]);
    const alone = await update(briefId, 6, { sessionId: first.sessionIds[0] });
    expect(alone.body.errors).toMatchObject([{ pointer: '/sessionId' }]);
  });

  test('stays once a truck is asked, which knows it; when to warn may still change', async () => {
    const { eventId } = await newEvent();
    const made = await create({ eventId });
    const { id: briefId } = made.body;
    const truckId = await newTruck(world);
    const lead = await world.call('createLead', { as: 'dan', body: { briefId, truckId } });
    expect(lead.status).toBe(201);
    const kept = await world.table.get({ pk: `LEAD#${lead.body.id}`, sk: 'LEAD' });
    expect(kept).toMatchObject({ eventId });
    expect((await update(briefId, 1, { eventId: null })).body.code).toBe('IN_USE');
    const warned = await update(briefId, 1, { warnAtPercent: 0 });
    expect([warned.status, warned.body.warnAtPercent]).toEqual([200, 0]);
  });

  test('is none for other briefs: neither they nor their leads speak of one', async () => {
    const leadId = await newLead(world);
    const kept = await world.table.get({ pk: `LEAD#${leadId}`, sk: 'LEAD' });
    expect(kept).not.toHaveProperty('eventId');
    const made = await create(briefBody);
    const read = await world.call('getBrief', { as: 'dan', params: { briefId: made.body.id } });
    expect(read.body).toEqual(made.body);
    expect(read.body).not.toHaveProperty('sales');
  });
});
