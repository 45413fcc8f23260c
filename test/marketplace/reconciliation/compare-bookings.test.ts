import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CalendarEntry } from '../../../functions/marketplace/calendar/calendar.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { leadKey } from '../../../functions/marketplace/leads/lead-store.ts';
import { bookingDrift } from '../../../functions/marketplace/reconciliation/booking-drift.ts';
import { compareBookings } from '../../../functions/marketplace/reconciliation/compare-bookings.ts';
import { driftCounts, type ReconciliationRun } from '../../../functions/platform/drift.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { scanPage } from '../../../functions/platform/table-scan.ts';
import type { TablePlace } from '../../../functions/platform/table-walk.ts';
import { type DepositWorld, inTime, startDeposits } from '../deposits/deposit-world.ts';
import { leadOf, seconds } from '../leads/lead-world.ts';

describe('a lead and the entry of its id', () => {
  const blocked = { from: seconds('2027-03-20T11:00:00Z'), to: seconds('2027-03-20T16:30:00Z') };
  const { window: shown } = leadOf();
  const before = seconds('2027-03-20T16:29:59Z');
  const booking: CalendarEntry = { id: 'lead_1', kind: 'booking', shown, blocked, unit: 0 };
  const hold: CalendarEntry = { ...booking, kind: 'hold', until: before };
  const lead = (fields: Partial<Lead> = {}): Lead =>
    leadOf({
      status: 'booked',
      hold: { kind: 'booking', until: blocked.to, since: 1, unit: 0, blocked },
      ...fields,
    });
  const other = { from: blocked.from, to: blocked.to + 1 };
  const noon = seconds('2027-03-20T12:00:00Z');
  test.each<[string, Lead | undefined, CalendarEntry | undefined, number, string | undefined]>([
    ['tell one story', lead(), booking, noon, undefined],
    ['do so when it is completed before its time', lead({ status: 'completed' }), booking, noon, undefined],
    ['a booking of no lead', undefined, booking, noon, 'booking_without_lead'],
    ['of one that is not booked', lead({ status: 'accepted' }), booking, noon, 'booking_without_lead'],
    ['of one that was called off', lead({ status: 'cancelled' }), booking, noon, 'booking_without_lead'],
    [
      'of one that is booked for another time',
      lead({ hold: { kind: 'booking', until: 1, since: 1, unit: 0, blocked: other } }),
      booking,
      noon,
      'booking_without_lead',
    ],
    ['of one that is booked on another unit', lead(), { ...booking, unit: 1 }, noon, 'booking_without_lead'],
    ['up to the end of its teardown', undefined, booking, before, 'booking_without_lead'],
    ['and not when it is over', undefined, booking, blocked.to, undefined],
    ['a booked lead of no entry', lead(), undefined, noon, 'lead_without_booking'],
    ['of one that only holds', lead(), hold, noon, 'lead_without_booking'],
    ['and not when its event is over', lead(), undefined, shown.to, undefined],
    ['an open lead whose hold has left the calendar', lead({ status: 'quoted' }), undefined, noon, undefined],
    ['nothing at all', undefined, undefined, noon, undefined],
  ])('%s', (_, given, entry, now, expected) => {
    expect(bookingDrift(given, entry, now)).toBe(expected);
  });
});

let world: DepositWorld;
let place: TablePlace | undefined;
beforeAll(async () => {
  world = await startDeposits();
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: world.endpoint,
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.now = inTime;
  place = undefined;
});
afterEach(async () => {
  const { items } = await scanPage('marketplace', 1_000, undefined);
  for (const key of items) await world.table.delete(key, {});
});

const continuation = {
  read: async () => place,
  write: async (next: TablePlace | undefined) => {
    place = next;
  },
};
const compare = async (table: Table = world.table, pages = 64): Promise<ReconciliationRun> => {
  let left = pages;
  const counts = driftCounts();
  const looked = await compareBookings({ table, clock: world.clock, continuation }, counts, () => left-- > 0);
  return { looked, repaired: counts.repaired, notRepaired: counts.notRepaired };
};
const sound = { repaired: {}, notRepaired: {} };
const set = (key: { pk: string; sk: string }, name: string, value: unknown) =>
  world.table.update(key, {
    update: 'SET #name = :value',
    names: { '#name': name },
    values: { ':value': value },
  });
const calendarOf = ({ truckId }: Lead) => ({ pk: `TRUCK#${truckId}`, sk: 'CALENDAR#2027-03' });

test('bookings that were made and called off by the platform agree, whatever became of the others', async () => {
  const booked = await world.newBooked();
  await world.cancel(await world.newBooked(), 'truck');
  await world.lapse(await world.newAccepted());
  await world.newAccepted();
  // Four calendars, one booked lead.
  expect(await compare()).toEqual({ ...sound, looked: 5 });
  expect(await world.read(booked)).toMatchObject({ status: 'booked' });
});

test('an entry that somebody took out of a calendar is told by each pass, until it is mended', async () => {
  const lead = await world.newBooked();
  const entries = (await world.table.get(calendarOf(lead)))?.['entries'];
  await set(calendarOf(lead), 'entries', {});
  for (let passes = 0; passes < 2; passes += 1)
    expect(await compare()).toEqual({ repaired: {}, notRepaired: { lead_without_booking: 1 }, looked: 2 });
  await set(calendarOf(lead), 'entries', entries);
  expect(await compare()).toEqual({ ...sound, looked: 2 });
});

test('a booking whose lead somebody ended by hand, or deleted, is told', async () => {
  const lead = await world.newBooked();
  await set(leadKey(lead.leadId), 'status', 'declined');
  const told = { repaired: {}, notRepaired: { booking_without_lead: 1 }, looked: 1 };
  expect(await compare()).toEqual(told);
  await world.table.delete(leadKey(lead.leadId), {});
  expect(await compare()).toEqual(told);
  world.now = new Date('2027-03-21T12:00:00Z');
  expect(await compare()).toEqual({ ...sound, looked: 1 });
});

test('a booking that is called off while it is compared is none', async () => {
  const lead = await world.newBooked();
  let isCancelled = false;
  const stale: Table = {
    ...world.table,
    async batchGet(keys, options = {}) {
      // What is read first is old; and once the calendar is read as it is now, its truck calls off.
      if (options.consistent !== true) return [];
      const months = await world.table.batchGet(keys, options);
      if (!isCancelled) await world.cancel(lead, 'truck');
      isCancelled = true;
      return months as never;
    },
  };
  const { notRepaired } = await compare(stale);
  expect([isCancelled, notRepaired]).toEqual([true, {}]);
});

test('what cannot be read keeps no other from being compared', async () => {
  const broken = await world.newBooked();
  const lead = await world.newBooked();
  await set(calendarOf(broken), 'entries', null);
  await set(leadKey(lead.leadId), 'status', 'declined');
  const { notRepaired } = await compare();
  // The calendar of the one cannot be read from either side.
  expect(notRepaired).toEqual({ booking_not_compared: 2, booking_without_lead: 1 });
});

test('a run is bounded, and the next one goes on where it ended', async () => {
  const lead = await world.newBooked();
  await set(calendarOf(lead), 'entries', {});
  // More than a page of items that are neither.
  for (let index = 0; index < 300; index += 20)
    await world.table.transact(
      Array.from({ length: 20 }, (_, next) => ({ put: { pk: `OTHER#${index + next}`, sk: 'OTHER' } })),
    );
  expect(await compare(world.table, 0)).toMatchObject({ looked: 0 });
  const first = await compare(world.table, 1);
  const second = await compare(world.table, 1);
  expect(place).toBeUndefined();
  expect(first.looked + second.looked).toBe(2);
  expect({ ...first.notRepaired, ...second.notRepaired }).toEqual({ lead_without_booking: 1 });
});
