import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { readTimes } from '../../../functions/marketplace/feeds/imported-times.ts';

const now = Date.parse('2026-11-20T12:00:00Z') / 1_000;
const truckId = 'trk_aaaaaaaaaaaaaaaaaaaaaaaaaa';
const zone = 'Europe/Bucharest';

const file = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): string =>
  file('BEGIN:VEVENT', 'UID:1@example.com', 'DTSTAMP:20261101T000000Z', ...lines, 'END:VEVENT');

const read = (text: string) => readTimes(text, truckId, 'own', zone, now);
const timesOf = (text: string): readonly string[] => {
  const found = read(text);
  if (found.kind === 'fault') throw new Error(JSON.stringify(found.fault));
  return found.times.map(({ from, to }) => `${iso(from)}/${iso(to)}`);
};
const iso = (seconds: number): string =>
  DateTime.fromSeconds(seconds, { zone: 'utc' }).toFormat("yyyy-MM-dd'T'HH:mm'Z'");

/** As Google Calendar exports: a zone by its IANA name, described too, times that end by DTEND. */
const google = file(
  'CALSCALE:GREGORIAN',
  'METHOD:PUBLISH',
  'X-WR-CALNAME:La Carreta',
  'X-WR-TIMEZONE:Europe/Bucharest',
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Bucharest',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0300',
  'TZNAME:EEST',
  'DTSTART:19700329T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZOFFSETFROM:+0300',
  'TZOFFSETTO:+0200',
  'TZNAME:EET',
  'DTSTART:19701025T040000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'END:STANDARD',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'DTSTART;TZID=Europe/Bucharest:20270322T190000',
  'DTEND;TZID=Europe/Bucharest:20270322T213000',
  'RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=20270419T205959Z;BYDAY=MO',
  'EXDATE;TZID=Europe/Bucharest:20270405T190000',
  'DTSTAMP:20261120T101500Z',
  'UID:6lh3gc9n@google.com',
  'SUMMARY:Curs\\, seara',
  'DESCRIPTION:A long text that is folded as RFC 5545 has it\\, after seventy-five',
  '  octets\\, and goes on.',
  'STATUS:CONFIRMED',
  'TRANSP:OPAQUE',
  'BEGIN:VALARM',
  'ACTION:DISPLAY',
  'TRIGGER:-P0DT0H30M0S',
  'END:VALARM',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'DTSTART;TZID=Europe/Bucharest:20270413T090000',
  'DTEND;TZID=Europe/Bucharest:20270413T100000',
  'DTSTAMP:20261120T101500Z',
  'UID:6lh3gc9n@google.com',
  'RECURRENCE-ID;TZID=Europe/Bucharest:20270412T190000',
  'STATUS:CONFIRMED',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'DTSTART;VALUE=DATE:20270327',
  'DTEND;VALUE=DATE:20270329',
  'DTSTAMP:20261120T101500Z',
  'UID:allday@google.com',
  'TRANSP:OPAQUE',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'DTSTART;VALUE=DATE:20270101',
  'DTEND;VALUE=DATE:20270102',
  'UID:holiday@google.com',
  'TRANSP:TRANSPARENT',
  'END:VEVENT',
);

/** As Apple’s Calendar exports: lengths by DURATION, dates that recur, extras of its own. */
const apple = file(
  'X-APPLE-CALENDAR-COLOR:#1BADF8',
  'BEGIN:VEVENT',
  'CREATED:20261101T080000Z',
  'UID:4E0B2C1A-33C5-4B13-9B32-9C0C3C8E1A11',
  'DURATION:P1D',
  'SUMMARY:Service',
  'DTSTART;VALUE=DATE:20261231',
  'RRULE:FREQ=MONTHLY;COUNT=3',
  'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC',
  'SEQUENCE:1',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:9F3C',
  'DTSTART;TZID=Europe/Berlin:20270610T200000',
  'DURATION:PT3H30M',
  'RDATE;TZID=Europe/Berlin:20270612T200000,20270613T200000',
  'EXDATE:20270612T180000Z',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:AA01',
  'STATUS:CANCELLED',
  'DTSTART:20270701T100000Z',
  'DTEND:20270701T110000Z',
  'END:VEVENT',
);

/** As Outlook exports: a zone that only the file knows, from 1601 on, and bare line feeds. */
const outlook = file(
  'METHOD:PUBLISH',
  'BEGIN:VTIMEZONE',
  'TZID:(UTC+02:00) Athens\\, Bucharest',
  'BEGIN:STANDARD',
  'DTSTART:16010101T040000',
  'TZOFFSETFROM:+0300',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0300',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'CLASS:PUBLIC',
  'UID:040000008200E00074C5B7101A82E008',
  'DTSTART;TZID="(UTC+02:00) Athens, Bucharest":20270327T220000',
  'DTEND;TZID="(UTC+02:00) Athens, Bucharest":20270328T060000',
  'RRULE:FREQ=DAILY;COUNT=2',
  'X-MICROSOFT-CDO-BUSYSTATUS:OOF',
  'TRANSP:OPAQUE',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:left-out',
  'DTSTART;TZID="(UTC+02:00) Athens, Bucharest":20270328T033000',
  'DTEND;TZID="(UTC+02:00) Athens, Bucharest":20270328T050000',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:twice',
  'DTSTART;TZID="(UTC+02:00) Athens, Bucharest":20271031T033000',
  'DTEND;TZID="(UTC+02:00) Athens, Bucharest":20271031T043000',
  'END:VEVENT',
).replaceAll('\r\n', '\n');

describe('calendars as others export them', () => {
  test('Google: a series over the change of the clocks, with an exception and one that was moved', () => {
    expect(timesOf(google)).toEqual([
      '2027-03-22T17:00Z/2027-03-22T19:30Z',
      // Two days by the calendar, 47 hours by the clock.
      '2027-03-26T22:00Z/2027-03-28T21:00Z',
      '2027-03-29T16:00Z/2027-03-29T18:30Z',
      '2027-04-13T06:00Z/2027-04-13T07:00Z',
      '2027-04-19T16:00Z/2027-04-19T18:30Z',
    ]);
    expect(read(google)).toMatchObject({ ignored: { free: 1, cancelled: 0, outside: 0, own: 0 } });
  });

  test('Apple: days that not every month has, given dates, what is cancelled', () => {
    expect(timesOf(apple)).toEqual([
      '2026-12-30T22:00Z/2026-12-31T22:00Z',
      '2027-01-30T22:00Z/2027-01-31T22:00Z',
      '2027-03-30T21:00Z/2027-03-31T21:00Z',
      '2027-06-10T18:00Z/2027-06-10T21:30Z',
      '2027-06-13T18:00Z/2027-06-13T21:30Z',
    ]);
    expect(read(apple)).toMatchObject({ ignored: { free: 0, cancelled: 1, outside: 0, own: 0 } });
  });

  test('Outlook: a zone that only the file describes, at the changes of the clocks', () => {
    expect(timesOf(outlook)).toEqual([
      // The night of the change: seven hours, and so each of its series (RFC 5545, 3.8.5.3).
      '2027-03-27T20:00Z/2027-03-28T03:00Z',
      // 03:30 is left out and read by the offset before; 05:00 is by the one after.
      '2027-03-28T01:30Z/2027-03-28T02:00Z',
      '2027-03-28T19:00Z/2027-03-29T02:00Z',
      // 03:30 comes twice: the first; 04:30 is in winter.
      '2027-10-31T00:30Z/2027-10-31T02:30Z',
    ]);
  });
});

describe('times', () => {
  test.each([
    [
      'a rule until a date',
      ['DTSTART:20270601T220000Z', 'DTEND:20270601T230000Z', 'RRULE:FREQ=DAILY;UNTIL=20270602'],
      ['2027-06-01T22:00Z/2027-06-01T23:00Z', '2027-06-02T22:00Z/2027-06-02T23:00Z'],
    ],
    [
      'a time without a zone, on the wall of the truck',
      ['DTSTART:20270601T120000', 'DTEND:20270601T130000'],
      ['2027-06-01T09:00Z/2027-06-01T10:00Z'],
    ],
    [
      'periods',
      [
        'DTSTART:20270601T120000Z',
        'DTEND:20270601T130000Z',
        'RDATE;VALUE=PERIOD:20270603T120000Z/PT2H,20270604T120000Z/20270604T123000Z',
      ],
      [
        '2027-06-01T12:00Z/2027-06-01T13:00Z',
        '2027-06-03T12:00Z/2027-06-03T14:00Z',
        '2027-06-04T12:00Z/2027-06-04T12:30Z',
      ],
    ],
    [
      'an exception by date',
      [
        'DTSTART:20270601T120000Z',
        'DTEND:20270601T130000Z',
        'RRULE:FREQ=DAILY;COUNT=3',
        'EXDATE;VALUE=DATE:20270602',
      ],
      ['2027-06-01T12:00Z/2027-06-01T13:00Z', '2027-06-03T12:00Z/2027-06-03T13:00Z'],
    ],
    ['a day without an end', ['DTSTART;VALUE=DATE:20270601'], ['2027-05-31T21:00Z/2027-06-01T21:00Z']],
    [
      'one that is under way',
      ['DTSTART:20261120T100000Z', 'DTEND:20261120T130000Z'],
      ['2026-11-20T10:00Z/2026-11-20T13:00Z'],
    ],
    [
      'a series from long ago',
      ['DTSTART:19990101T100000Z', 'DTEND:19990101T110000Z', 'RRULE:FREQ=YEARLY'],
      ['2027-01-01T10:00Z/2027-01-01T11:00Z'],
    ],
    [
      'a leave of seven weeks, in parts',
      ['DTSTART:20270101T000000Z', 'DTEND:20270219T000000Z'],
      ['2027-01-01T00:00Z/2027-02-01T00:00Z', '2027-02-01T00:00Z/2027-02-19T00:00Z'],
    ],
    ['one that is over', ['DTSTART:20261119T100000Z', 'DTEND:20261119T130000Z'], []],
    ['one that is too far ahead', ['DTSTART:20271121T100000Z', 'DTEND:20271121T130000Z'], []],
    ['one without a length', ['DTSTART:20270601T120000Z'], []],
  ])('%s', (_, lines, expected) => {
    expect(timesOf(event(...lines))).toEqual(expected);
  });

  test('of one’s own feed are left out', () => {
    const own = event('DTSTART:20270601T120000Z', 'DTEND:20270601T130000Z').replace(
      '1@example.com',
      `bok_1.${truckId}@fairground`,
    );
    expect(read(own)).toEqual({
      kind: 'times',
      times: [],
      ignored: { free: 0, cancelled: 0, outside: 0, own: 1 },
    });
  });

  test('have an id that follows from calendar, UID and time', () => {
    const text = event('DTSTART:20270601T120000Z', 'DTEND:20270601T130000Z');
    const idOf = (calendar: string, source: string) => {
      const found = readTimes(calendar, truckId, source, zone, now);
      return found.kind === 'times' ? found.times[0]?.id : undefined;
    };
    expect(idOf(text, 'own')).toMatch(/^imt_[0-9a-z]{26}$/);
    expect(idOf(text, 'own')).toBe(idOf(text, 'own'));
    expect(
      new Set([idOf(text, 'own'), idOf(text, 'other'), idOf(text.replace('1@', '2@'), 'own')]).size,
    ).toBe(3);
  });
});

describe('what is wrong is named with its line', () => {
  const daily = (rule: string) => event('DTSTART:20270601T120000Z', 'DTEND:20270601T130000Z', rule);
  test.each([
    ['no calendar', '<html>', 1, 'Neither a property nor a part of the line before'],
    ['an empty one', '\r\n', 1, 'No VCALENDAR in it'],
    ['something else', 'BEGIN:VCARD\r\nEND:VCARD\r\n', 1, 'No VCALENDAR in it'],
    ['a property outside', 'VERSION:2.0\r\n', 1, 'It does not begin with BEGIN:VCALENDAR'],
    [
      'what is not ended',
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n',
      3,
      'BEGIN:VEVENT of line 2 has no END',
    ],
    [
      'what ends something else',
      'BEGIN:VCALENDAR\r\nEND:VEVENT\r\n',
      2,
      'END:VEVENT ends nothing that has begun',
    ],
    ['no start', event('SUMMARY:x'), 4, 'VEVENT has no DTSTART'],
    [
      'a start that is no time',
      event('DTSTART:20270230T120000Z'),
      7,
      'DTSTART has neither a date nor a time',
    ],
    [
      'an end before the start',
      event('DTSTART:20270601T120000Z', 'DTEND:20270601T110000Z'),
      8,
      'DTEND is before DTSTART',
    ],
    [
      'a date and a time',
      event('DTSTART:20270601T120000Z', 'DTEND;VALUE=DATE:20270602'),
      8,
      'DTSTART and DTEND are not both dates, nor both times',
    ],
    [
      'no length',
      event('DTSTART:20270601T120000Z', 'DURATION:-PT1H'),
      8,
      'DURATION is no length of time, e.g. PT2H',
    ],
    [
      'a zone that nobody knows',
      event('DTSTART;TZID=Mars/Phobos:20270601T120000'),
      7,
      'The time zone Mars/Phobos is neither known nor described in the file',
    ],
    [
      'a rule by the hour',
      daily('RRULE:FREQ=HOURLY'),
      9,
      'Not a rule by year, month, week or day (RFC 5545, 3.3.10)',
    ],
    [
      'a rule that stands still',
      daily('RRULE:FREQ=DAILY;INTERVAL=0'),
      9,
      'Not a rule by year, month, week or day (RFC 5545, 3.3.10)',
    ],
    ['a rule of old', daily('EXRULE:FREQ=DAILY'), 9, 'EXRULE is not taken: RFC 5545 has taken it away'],
    [
      'this and all that follow',
      daily('RECURRENCE-ID;RANGE=THISANDFUTURE:20270601T120000Z'),
      9,
      'RECURRENCE-ID with RANGE is not taken',
    ],
    [
      'more than five hundred times',
      event('DTSTART:20270101T120000Z', 'DTEND:20270101T123000Z', 'RRULE:FREQ=DAILY;BYHOUR=9,12'),
      4,
      'With this event there are more than 500 times within 365 days',
    ],
  ])('%s', (_, text, line, reason) => {
    expect(read(text)).toEqual({ kind: 'fault', fault: { line, reason } });
  });

  test('a rule that no library comes to the end of is given up', () => {
    const endless = daily('RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30');
    expect(readTimes(endless, truckId, 'own', zone, now, 100)).toEqual({
      kind: 'fault',
      fault: { line: 1, reason: 'Its rules take too long to follow' },
    });
  });
});
