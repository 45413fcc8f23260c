import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { faultOf, occurrences } from '../../../functions/marketplace/calendar/occurrences.ts';
import { openIntervals } from '../../../functions/marketplace/calendar/open-intervals.ts';
import { recurringBlackout } from '../../../functions/marketplace/calendar/recurring-blackout.ts';

const zone = 'Europe/Bucharest';
const seconds = (instant: string): number => Date.parse(instant) / 1_000;
const window = (from: string, to: string) => ({ from: seconds(from), to: seconds(to) });
const read = (intervals: readonly { from: number; to: number }[]) =>
  intervals.map(({ from, to }) =>
    [from, to].map((at) => new Date(at * 1_000).toISOString().slice(0, 16)).join(' – '),
  );

describe('opening hours in Bucharest', () => {
  test('follow the clocks: 10:00 is 08:00 UTC in winter and 07:00 in summer', () => {
    const hours = [
      { day: 6, from: '10:00', to: '22:00' },
      { day: 7, from: '10:00', to: '22:00' },
    ];
    // The clocks go forward in the night to Sunday 29 March 2026, back in the night to Sunday 25 October.
    expect(read(openIntervals(hours, zone, window('2026-03-27T00:00Z', '2026-03-30T00:00Z')))).toEqual([
      '2026-03-28T08:00 – 2026-03-28T20:00',
      '2026-03-29T07:00 – 2026-03-29T19:00',
    ]);
    expect(read(openIntervals(hours, zone, window('2026-10-23T00:00Z', '2026-10-26T00:00Z')))).toEqual([
      '2026-10-24T07:00 – 2026-10-24T19:00',
      '2026-10-25T08:00 – 2026-10-25T20:00',
    ]);
  });

  test('over midnight they belong to the day that they begin on, and reach into the window', () => {
    const hours = [{ day: 5, from: '18:00', to: '02:00' }];
    expect(read(openIntervals(hours, zone, window('2026-06-05T22:00Z', '2026-06-13T00:00Z')))).toEqual([
      '2026-06-05T22:00 – 2026-06-05T23:00',
      '2026-06-12T15:00 – 2026-06-12T23:00',
    ]);
  });

  test('00:00–00:00 on each day is always', () => {
    const hours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '00:00' }));
    const month = window('2026-03-01T00:00Z', '2026-04-01T00:00Z');
    expect(openIntervals(hours, zone, month)).toEqual([month]);
  });

  test('say of each quarter of an hour what the wall clock says, whatever the hours and the week', () => {
    const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const [hour, minute] = [Math.floor(quarter / 4), (quarter % 4) * 15];
      return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    });
    const opening = fc.record({ day: fc.integer({ min: 1, max: 7 }), from: time, to: time });
    // Weeks around both changes of the clocks, and one without.
    const week = fc.constantFrom('2026-03-26T00:00Z', '2026-10-22T00:00Z', '2026-06-18T00:00Z');
    fc.assert(
      fc.property(fc.array(opening, { minLength: 1, maxLength: 5 }), week, (hours, start) => {
        const from = seconds(start);
        const open = openIntervals(hours, zone, { from, to: from + 7 * 86_400 });
        for (let at = from; at < from + 7 * 86_400; at += 900) {
          const clock = DateTime.fromSeconds(at, { zone });
          // What an hour that exists twice or not at all belongs to is a matter of taste.
          if (clock.toISODate() === '2026-10-25' && clock.hour < 5) continue;
          if (clock.toISODate() === '2026-03-29' && clock.hour < 5) continue;
          const time = clock.toFormat('HH:mm');
          const yesterday = clock.weekday === 1 ? 7 : clock.weekday - 1;
          const says = hours.some(({ day, from: opens, to: closes }) =>
            closes > opens
              ? day === clock.weekday && opens <= time && time < closes
              : (day === clock.weekday && opens <= time) || (day === yesterday && time < closes),
          );
          if (says !== open.some((one) => one.from <= at && at < one.to)) {
            throw new Error(`${clock.toISO()} is ${says ? 'open' : 'closed'} by the clock`);
          }
        }
      }),
      { numRuns: 150, seed: 20261121 },
    );
  });
});

describe('a recurring blackout', () => {
  const sundays = { rule: 'FREQ=WEEKLY;BYDAY=SU', firstFrom: '2026-03-01T02:00', minutes: 180 };

  test('keeps its local hours: 02:00–05:00, which is an hour less when the clocks go forward', () => {
    const march = window('2026-03-21T00:00Z', '2026-04-08T00:00Z');
    expect(read(occurrences(sundays, zone, march))).toEqual([
      '2026-03-22T00:00 – 2026-03-22T03:00',
      '2026-03-29T00:00 – 2026-03-29T02:00',
      '2026-04-04T23:00 – 2026-04-05T02:00',
    ]);
  });

  test('is found when it only reaches into the window, and not before it first occurs', () => {
    expect(read(occurrences(sundays, zone, window('2026-03-22T02:59Z', '2026-03-22T05:00Z')))).toEqual([
      '2026-03-22T00:00 – 2026-03-22T03:00',
    ]);
    expect(occurrences(sundays, zone, window('2026-03-22T03:00Z', '2026-03-28T00:00Z'))).toEqual([]);
    expect(occurrences(sundays, zone, window('2026-02-01T00:00Z', '2026-03-01T00:00Z'))).toEqual([]);
  });

  test('the last Friday of each month, five times', () => {
    const inventory = {
      rule: 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=5',
      firstFrom: '2026-01-30T08:00',
      minutes: 600,
    };
    expect(read(occurrences(inventory, zone, window('2026-01-01T00:00Z', '2027-01-01T00:00Z')))).toEqual([
      '2026-01-30T06:00 – 2026-01-30T16:00',
      '2026-02-27T06:00 – 2026-02-27T16:00',
      '2026-03-27T06:00 – 2026-03-27T16:00',
      '2026-04-24T05:00 – 2026-04-24T15:00',
      '2026-05-29T05:00 – 2026-05-29T15:00',
    ]);
  });

  test.each([
    ['by the hour', { rule: 'FREQ=HOURLY' }, ['rule']],
    ['a start in the rule', { rule: 'DTSTART:20260101T000000Z\nFREQ=DAILY' }, ['rule']],
    ['no date', { firstFrom: '2026-02-30T10:00' }, ['firstFrom']],
    ['an instant', { firstFrom: '2026-02-20T10:00Z' }, ['firstFrom']],
    ['longer than a month', { minutes: 44_641 }, ['minutes']],
  ])('%s is refused by its shape', (_, wrong, path) => {
    const parsed = recurringBlackout.safeParse({ ...sundays, ...wrong });
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });

  test.each([
    ['FREQ=WEEKLY;BYDAY=SU', undefined],
    ['FREQ=DAILY;BYHOUR=3', 'The time of day is that of firstFrom.'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL is at least 1.'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31', 'It never occurs from firstFrom on.'],
    ['FREQ=WEEKLY;BYDAY=XX', expect.stringMatching(/^Not an RFC 5545 rule: /)],
    // The library would look for that day until the year 9999.
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'It never occurs from firstFrom on.'],
    ['FREQ=DAILY;FOO=1', expect.stringMatching(/^Not an RFC 5545 rule: /)],
  ])('%s: %s', (rule, fault) => {
    expect(faultOf({ ...sundays, rule })).toEqual(fault);
  });
});
