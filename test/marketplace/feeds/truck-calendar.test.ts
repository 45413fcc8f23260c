import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import type { CalendarEntry } from '../../../functions/marketplace/calendar/calendar.ts';
import type { Interval } from '../../../functions/marketplace/calendar/interval.ts';
import { faultOf, occurrences } from '../../../functions/marketplace/calendar/occurrences.ts';
import type { RecurringBlackout } from '../../../functions/marketplace/calendar/recurring-blackout.ts';
import { readTimes } from '../../../functions/marketplace/feeds/imported-times.ts';
import { truckCalendar } from '../../../functions/marketplace/feeds/truck-calendar.ts';

const seconds = (instant: string): number => Date.parse(instant) / 1_000;
const now = seconds('2026-11-20T12:00:00Z');

const truckIn = (timeZone: string, recurringBlackouts: readonly RecurringBlackout[] = []) => ({
  truckId: 'trk_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  name: 'La Carreta',
  timeZone,
  recurringBlackouts: [...recurringBlackouts],
  revision: 3,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-02T08:00:00.000Z',
});

const entry = (fields: Partial<CalendarEntry> & { readonly shown: Interval }): CalendarEntry => ({
  id: 'blk_1',
  kind: 'blackout',
  blocked: fields.shown,
  unit: 'all',
  ...fields,
});

const wedding = entry({
  id: 'bok_1',
  kind: 'booking',
  shown: { from: seconds('2026-12-05T10:00:00Z'), to: seconds('2026-12-05T14:00:00Z') },
  blocked: { from: seconds('2026-12-05T09:00:00Z'), to: seconds('2026-12-05T14:30:00Z') },
  unit: 0,
  place: { lat: 46.7712, lon: 23.6236 },
  writtenAt: '2026-11-20T10:00:00.000Z',
  sequence: 2,
});

/** The lines of an event of a calendar, by its UID. */
const linesOf = (text: string, uid: string): readonly string[] =>
  text
    .replaceAll('\r\n ', '')
    .split('BEGIN:VEVENT\r\n')
    .slice(1)
    .map((part) => part.split('\r\n'))
    .find((lines) => lines[0] === `UID:${uid}.trk_aaaaaaaaaaaaaaaaaaaaaaaaaa@fairground`)
    ?.slice(1) ?? [];

describe('the feed of a truck', () => {
  test('tells a booking: when and where, what is blocked around it, and nobody’s name', () => {
    const text = truckCalendar(truckIn('Europe/Bucharest'), [wedding], now);
    expect(linesOf(text, 'bok_1')).toEqual([
      'SEQUENCE:2',
      'DTSTAMP:20261120T100000Z',
      'DTSTART:20261205T100000Z',
      'DTEND:20261205T140000Z',
      'SUMMARY:Booked: La Carreta',
      'TRANSP:OPAQUE',
      'GEO:46.7712;23.6236',
      'DESCRIPTION:With setup and teardown 2026-12-05 11:00 – 2026-12-05 16:30 (Europe/Bucharest)',
      'STATUS:CONFIRMED',
      'X-FAIRGROUND-BLOCKED-FROM:20261205T090000Z',
      'X-FAIRGROUND-BLOCKED-TO:20261205T143000Z',
      'END:VEVENT',
      'END:VCALENDAR',
    ]);
  });

  test('tells a hold as tentative until it lapses', () => {
    const held = { ...wedding, kind: 'hold' as const, until: now };
    const at = (moment: number) => linesOf(truckCalendar(truckIn('UTC'), [held], moment), 'bok_1');
    expect(at(now)).toContain('STATUS:TENTATIVE');
    expect(at(now + 1)).toEqual([]);
  });

  test('is the same text while nothing changes, whatever the time and the order', () => {
    const truck = truckIn('Europe/Bucharest', [
      { rule: 'FREQ=WEEKLY;BYDAY=MO', firstFrom: '2026-11-23T08:00', minutes: 60 },
    ]);
    const other = entry({ id: 'blk_2', shown: { from: now + 86_400, to: now + 90_000 } });
    expect(truckCalendar(truck, [wedding, other], now)).toBe(
      truckCalendar(truck, [other, wedding], now + 60),
    );
  });

  test('tells neither what was imported nor what is farther away than it reaches', () => {
    const around = { from: now - 91 * 86_400, to: now + 366 * 86_400 };
    const entries = [
      entry({ id: 'imt_1', source: 'google', shown: wedding.shown }),
      entry({ id: 'old', shown: { from: around.from, to: around.from + 3_600 } }),
      entry({ id: 'far', shown: { from: around.to, to: around.to + 3_600 } }),
    ];
    expect(truckCalendar(truckIn('UTC'), entries, now)).not.toContain('BEGIN:VEVENT');
  });

  test('tells what recurs by its rule, from its first time on, with its zone and until an instant', () => {
    const text = truckCalendar(
      truckIn('Europe/Bucharest', [
        { rule: 'FREQ=WEEKLY;BYDAY=SA;UNTIL=20270201T000000', firstFrom: '2026-11-20T23:00', minutes: 480 },
      ]),
      [],
      now,
    );
    expect(text.split('\r\n')).toEqual(
      expect.arrayContaining([
        'BEGIN:VTIMEZONE',
        'TZID:Europe/Bucharest',
        'DTSTART;TZID=Europe/Bucharest:20261121T230000',
        'DTEND;TZID=Europe/Bucharest:20261122T070000',
        'RRULE:FREQ=WEEKLY;BYDAY=SA;UNTIL=20270131T220000Z',
      ]),
    );
  });
});

const zones = ['Europe/Bucharest', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];

/** Local times around the changes of the clocks and the borders of months, and others. */
const localStart = fc
  .record({
    day: fc.constantFrom('2026-11-21', '2026-11-30', '2027-03-13', '2027-03-27', '2027-04-03', '2027-05-31'),
    minutes: fc.integer({ min: 0, max: 1_439 }),
  })
  .map(({ day, minutes }) =>
    DateTime.fromISO(day, { zone: 'utc' }).plus({ minutes }).toFormat("yyyy-MM-dd'T'HH:mm"),
  );

const recurring = fc
  .record({
    rule: fc.constantFrom(
      'FREQ=WEEKLY;BYDAY=SU',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU',
      'FREQ=MONTHLY;BYDAY=-1SU',
      'FREQ=MONTHLY;BYMONTHDAY=31',
      'FREQ=WEEKLY;COUNT=20',
      'FREQ=WEEKLY;BYDAY=SU;UNTIL=20270404T030000',
      'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU',
    ),
    firstFrom: localStart,
    minutes: fc.integer({ min: 1, max: 2 * 1_440 }),
  })
  .filter((blackout) => faultOf(blackout) === undefined);

/** Starts and lengths that cross the borders of months and the changes of the clocks. */
const times = fc.uniqueArray(
  fc.record({ after: fc.integer({ min: 0, max: 360 * 24 }), hours: fc.integer({ min: 1, max: 31 * 24 }) }),
  { maxLength: 20, selector: ({ after, hours }) => `${after} ${hours}` },
);

const byStart = (one: Interval, other: Interval): number => one.from - other.from || one.to - other.to;
/** Each interval once, in order. */
const distinct = (intervals: readonly Interval[]): readonly Interval[] =>
  [...new Map(intervals.map(({ from, to }) => [`${from} ${to}`, { from, to }])).values()].toSorted(byStart);

test('what a feed tells is imported elsewhere at the same instants', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(recurring, { maxLength: 3 }),
      times,
      (zone, rules, given) => {
        const own = given.map(({ after, hours }, index) => {
          const from = now + after * 3_600;
          return entry({ id: `blk_${index}`, shown: { from, to: from + hours * 3_600 } });
        });
        const text = truckCalendar(truckIn(zone, rules), own, now);
        // Another truck, in another zone: nothing depends on where it is read.
        const read = readTimes(text, 'trk_bbbbbbbbbbbbbbbbbbbbbbbbbb', 'other', 'Pacific/Auckland', now);
        const horizon = { from: now, to: now + 365 * 86_400 };
        const expected = [
          ...own.map(({ shown }) => shown),
          ...rules.flatMap((rule) => occurrences(rule, zone, horizon)),
        ].filter(({ from, to }) => from < to);
        expect(read.kind === 'times' ? distinct(read.times) : read).toEqual(distinct(expected));
      },
    ),
    { numRuns: 60 },
  );
});
