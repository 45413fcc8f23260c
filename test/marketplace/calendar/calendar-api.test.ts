import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  blockedBy,
  type CalendarEntry,
  decidePlacement,
} from '../../../functions/marketplace/calendar/calendar.ts';
import { judgedBy } from '../../../functions/marketplace/calendar/calendar-month.ts';
import { readCalendar } from '../../../functions/marketplace/calendar/calendar-store.ts';
import { changeCalendar } from '../../../functions/marketplace/calendar/change-calendar.ts';
import type { Interval } from '../../../functions/marketplace/calendar/interval.ts';
import { defaultTravelRules, type Place } from '../../../functions/marketplace/calendar/travel.ts';
import { freshKey } from '../../support/api-call.ts';
import { type Marketplace, newTruck, startMarketplace } from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const cluj: Place = { lat: 46.7712, lon: 23.6236 };
const bucuresti: Place = { lat: 44.4268, lon: 26.1025 };
const seconds = (instant: string): number => Date.parse(instant) / 1_000;
const between = (from: string, to: string): Interval => ({ from: seconds(from), to: seconds(to) });
const change = { what: 'test', by: 'ann', requestId: 'request-1', at: '2026-11-20T18:00:00.000Z' };
const now = seconds('2026-11-20T18:00:00Z');
const setup = { setupSeconds: 3_600, teardownSeconds: 1_800 };

/** Books a time by the rule and the write that leads use. */
const book = (truckId: string, id: string, shown: Interval, place: Place = cluj) => {
  const blocked = blockedBy(setup, shown);
  const rules = {
    units: 1,
    ...setup,
    travel: defaultTravelRules,
    open: [{ from: 0, to: 10_000_000_000 }],
    closed: [],
  };
  return changeCalendar(
    world.table,
    truckId,
    judgedBy(blocked),
    (entries) => {
      const placement = decidePlacement(entries, rules, { shown, place }, now);
      if (placement.kind !== 'fits') return { kind: 'outcome', outcome: placement };
      const entry: CalendarEntry = { id, kind: 'booking', shown, blocked, unit: placement.unit, place };
      return { kind: 'edit', edit: { kind: 'put', entry }, beside: [] };
    },
    change,
    now,
  );
};

const calendar = async (truckId: string, interval: Interval) =>
  (await readCalendar(world.table, truckId, interval, { consistent: true })).months.map(
    ({ month, version, entries }) => [month, version, entries.map(({ id }) => id).sort()],
  );

describe('a time near the border of a month', () => {
  test('a neighbour beyond the border of the month is too near all the same, also at once', async () => {
    const truckId = await newTruck(world);
    // The last hours of January in Cluj, the first of February in București: seven hours by road.
    const outcomes = await Promise.all([
      book(truckId, 'cluj', between('2027-01-31T18:00Z', '2027-01-31T22:00Z'), cluj),
      book(truckId, 'bucuresti', between('2027-02-01T04:00Z', '2027-02-01T08:00Z'), bucuresti),
    ]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['outcome', 'written']);
    expect(outcomes.find(({ kind }) => kind === 'outcome')).toMatchObject({
      outcome: { kind: 'too_far', travelSeconds: 422 * 60 },
    });
  });

  test('a window over the border lies in both months, written in one transaction', async () => {
    const truckId = await newTruck(world);
    const shown = between('2027-02-27T10:00Z', '2027-03-02T20:00Z');
    expect(await book(truckId, 'festival', shown)).toEqual({ kind: 'written' });
    expect(await calendar(truckId, shown)).toEqual([
      ['2027-02', 1, ['festival']],
      ['2027-03', 1, ['festival']],
    ]);
    expect(await book(truckId, 'second', between('2027-03-02T20:00Z', '2027-03-02T22:00Z'))).toMatchObject({
      outcome: { kind: 'taken' },
    });
  });

  test('holds that have lapsed go with the next write of their month', async () => {
    const truckId = await newTruck(world);
    const shown = between('2027-05-01T10:00Z', '2027-05-01T12:00Z');
    const held = (id: string, until: number): CalendarEntry => ({
      id,
      kind: 'hold',
      shown,
      blocked: shown,
      unit: 0,
      place: cluj,
      until,
    });
    for (const entry of [held('lapsed', now - 1), held('standing', now)]) {
      await changeCalendar(
        world.table,
        truckId,
        shown,
        () => ({ kind: 'edit', edit: { kind: 'put', entry }, beside: [] }),
        change,
        now - 100,
      );
    }
    await book(truckId, 'booked', between('2027-05-20T10:00Z', '2027-05-20T12:00Z'));
    expect(await calendar(truckId, shown)).toEqual([['2027-05', 3, ['booked', 'standing']]]);
  });
});

describe('blackouts', () => {
  const christmas = { from: '2027-12-24T00:00:00Z', to: '2027-12-27T00:00:00Z', reason: 'Christmas' };

  test('are made, listed, and taken away; a repeat is the same one', async () => {
    const truckId = await newTruck(world);
    const params = { truckId };
    const key = freshKey();
    const made = await world.call('createBlackout', { params, key, body: christmas });
    const shown = { from: '2027-12-24T00:00:00.000Z', to: '2027-12-27T00:00:00.000Z', reason: 'Christmas' };
    expect([made.status, made.body]).toEqual([201, { id: made.body.id, ...shown }]);
    const again = await world.call('createBlackout', { params, key, body: christmas });
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      made.body,
      'true',
    ]);
    expect((await world.call('listBlackouts', { params })).body.items).toEqual([made.body]);
    expect((await world.call('listBlackouts', { params, as: 'bob' })).status).toBe(403);
    const remove = async () =>
      (await world.call('deleteBlackout', { params: { truckId, blackoutId: made.body.id } })).status;
    expect([await remove(), await remove()]).toEqual([204, 204]);
    expect((await world.call('listBlackouts', { params })).body.items).toEqual([]);
    expect(await book(truckId, 'free', between('2027-12-25T10:00Z', '2027-12-25T12:00Z'))).toEqual({
      kind: 'written',
    });
  });

  test('keep off bookings, setup and teardown included, and are kept off by them', async () => {
    const truckId = await newTruck(world);
    await book(truckId, 'booked', between('2027-12-26T18:00Z', '2027-12-26T22:00Z'));
    const refused = await world.call('createBlackout', { params: { truckId }, body: christmas });
    expect([refused.status, refused.body.code, refused.body.conflict]).toEqual([
      409,
      'OVERLAP',
      { from: '2027-12-26T18:00:00.000Z', to: '2027-12-26T22:00:00.000Z', kind: 'booking' },
    ]);
    // The hour of setup begins at 17:00.
    const before = { from: '2027-12-26T10:00:00Z', to: '2027-12-26T17:00:00Z' };
    expect((await world.call('createBlackout', { params: { truckId }, body: before })).status).toBe(201);
    expect(await book(truckId, 'other', between('2027-12-26T12:00Z', '2027-12-26T13:00Z'))).toMatchObject({
      outcome: { kind: 'taken', conflict: { kind: 'blackout' } },
    });
  });

  test.each([
    ['backwards', { from: christmas.to, to: christmas.from }, '/to'],
    ['longer than a month', { from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:01Z' }, '/to'],
    ['no instant', { from: 'tomorrow', to: christmas.to }, '/from'],
  ])('%s are refused', async (_, body, pointer) => {
    const refused = await world.call('createBlackout', { params: { truckId: await newTruck(world) }, body });
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('availability', () => {
  const day = { from: '2027-06-05T00:00:00Z', to: '2027-06-06T00:00:00Z' };

  test('tells what is free and busy, and takes the way off where a place is named', async () => {
    const truckId = await newTruck(world, {
      serviceArea: { radiusKm: 400 },
      openingHours: [{ day: 6, from: '10:00', to: '23:00' }],
      recurringBlackouts: [{ rule: 'FREQ=WEEKLY;BYDAY=SA', firstFrom: '2027-01-02T20:00', minutes: 60 }],
    });
    await book(truckId, 'wedding', between('2027-06-05T09:00Z', '2027-06-05T11:00Z'));
    const ask = async (query: Record<string, string>) =>
      (await world.call('getAvailability', { as: null, params: { truckId }, query: { ...day, ...query } }))
        .body;
    // Saturday; 10:00–23:00 in București is 07:00–20:00 UTC, the recurring hour 17:00–18:00.
    expect(await ask({})).toEqual({
      free: [
        { from: '2027-06-05T07:00:00.000Z', to: '2027-06-05T07:30:00.000Z' },
        { from: '2027-06-05T12:30:00.000Z', to: '2027-06-05T16:30:00.000Z' },
        { from: '2027-06-05T19:00:00.000Z', to: '2027-06-05T20:00:00.000Z' },
      ],
      busy: [
        {
          from: '2027-06-05T09:00:00.000Z',
          to: '2027-06-05T11:00:00.000Z',
          kind: 'booking',
          blocked: { from: '2027-06-05T08:00:00.000Z', to: '2027-06-05T11:30:00.000Z' },
        },
        {
          from: '2027-06-05T17:00:00.000Z',
          to: '2027-06-05T18:00:00.000Z',
          kind: 'blackout',
          blocked: { from: '2027-06-05T17:00:00.000Z', to: '2027-06-05T18:00:00.000Z' },
        },
      ],
    });
    const far = await ask({ lat: '44.4268', lon: '26.1025' });
    // From 11:30 in Cluj seven hours and two minutes to București, then an hour of setup.
    expect(far.free).toEqual([{ from: '2027-06-05T19:32:00.000Z', to: '2027-06-05T20:00:00.000Z' }]);
    // Vienna is 600 km away: the truck does not go there.
    expect((await ask({ lat: '48.2082', lon: '16.3738' })).free).toEqual([]);
  });

  test.each([
    ['a year', { from: '2027-01-01T00:00:00Z', to: '2028-01-01T00:00:00Z' }, '/to'],
    ['backwards', { from: day.to, to: day.from }, '/to'],
    ['half a place', { ...day, lat: '44' }, '/lon'],
  ])('is not told for %s', async (_, query, pointer) => {
    const refused = await world.call('getAvailability', {
      params: { truckId: await newTruck(world) },
      query,
    });
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});
