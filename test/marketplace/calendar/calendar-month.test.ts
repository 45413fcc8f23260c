import { describe, expect, test } from 'vitest';
import type { CalendarEntry } from '../../../functions/marketplace/calendar/calendar.ts';
import {
  type CalendarMonth,
  editedMonths,
  entriesIn,
} from '../../../functions/marketplace/calendar/calendar-month.ts';

const seconds = (instant: string): number => Date.parse(instant) / 1_000;
const written = '2027-01-20T10:00:00.000Z';
const until = seconds('2027-01-20T09:59:59Z');

const hold = (id: string, from: string, to: string, more: Partial<CalendarEntry> = {}): CalendarEntry => {
  const blocked = { from: seconds(from), to: seconds(to) };
  return { id, kind: 'hold', shown: blocked, blocked, unit: 0, until, ...more };
};
const overNewMonth = hold('over', '2027-01-31T22:00:00Z', '2027-02-01T02:00:00Z');
const inJanuary = hold('january', '2027-01-31T10:00:00Z', '2027-01-31T12:00:00Z');
const inFebruary = hold('february', '2027-02-01T00:00:00Z', '2027-02-01T01:00:00Z', {
  until: seconds('2027-01-20T10:30:00Z'),
});
const month = (name: string, entries: readonly CalendarEntry[]): CalendarMonth => ({
  month: name,
  version: 3,
  entries,
});

describe('a hold over the end of a month', () => {
  test('is one entry of the two months', () => {
    const months = [month('2027-01', [overNewMonth, inJanuary]), month('2027-02', [overNewMonth])];
    expect(entriesIn(months)).toEqual([overNewMonth, inJanuary]);
  });

  test('has gone when one of its months is without it: that one was written by who found it lapsed', () => {
    const months = [month('2027-01', [overNewMonth, inJanuary]), month('2027-02', [inFebruary])];
    expect(entriesIn(months)).toEqual([inJanuary, inFebruary]);
  });

  test('that has lapsed goes from both with the first write that reads them', () => {
    const months = [month('2027-01', [overNewMonth, inJanuary]), month('2027-02', [overNewMonth])];
    const edited = editedMonths(months, { kind: 'put', entry: inFebruary }, until + 1, written);
    expect(edited).toEqual([
      { month: '2027-01', version: 4, entries: [] },
      { month: '2027-02', version: 4, entries: [{ ...inFebruary, writtenAt: written, sequence: 0 }] },
    ]);
  });

  test('that lives stays where it is, and a month that nothing comes to is not written', () => {
    const months = [month('2027-01', [inJanuary]), month('2027-02', [])];
    expect(editedMonths(months, { kind: 'put', entry: inFebruary }, until, written)).toEqual([
      { month: '2027-02', version: 4, entries: [{ ...inFebruary, writtenAt: written, sequence: 0 }] },
    ]);
  });
});
