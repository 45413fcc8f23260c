import { DateTime } from 'luxon';
import rrule from 'rrule';
import * as z from 'zod';
import type { Interval } from './interval.ts';

// The package is CommonJS: its names are not seen as exports.
const { rrulestr, RRule } = rrule;

/** Most occurrences that one rule gives in the stretch that is looked at. */
export const maxOccurrences = 1_000;

const frequencies = [RRule.YEARLY, RRule.MONTHLY, RRule.WEEKLY, RRule.DAILY];

const longestMinutes = 31 * 24 * 60;

/** Reads a rule that starts at a local time, as if that time were UTC: rules know wall clocks, not zones. */
const parse = (rule: string, start: string) => rrulestr(rule, { dtstart: new Date(`${start}:00Z`) });

const isRule = (rule: string): boolean => {
  try {
    const { options, origOptions } = parse(rule, '2026-01-01T00:00') as InstanceType<typeof RRule>;
    const { byhour, byminute, bysecond, tzid } = origOptions;
    const saysTime = [byhour, byminute, bysecond, tzid].some((part) => part !== undefined && part !== null);
    return frequencies.includes(options.freq) && options.interval >= 1 && !saysTime;
  } catch {
    return false;
  }
};

export const recurringBlackout = z
  .strictObject({
    rule: z
      .string()
      .max(300)
      .regex(/^FREQ=[A-Z0-9=;,+-]*$/)
      .refine(isRule, {
        error: 'An RFC 5545 rule by day, week, month or year, without times of day',
        abort: true,
      })
      .meta({ description: 'Recurrence rule (RFC 5545, 3.3.10).', example: 'FREQ=WEEKLY;BYDAY=MO' }),
    firstFrom: z
      .string()
      .refine((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && DateTime.fromISO(text).isValid, {
        error: 'A local date and time, e.g. 2026-11-23T08:00',
      })
      .meta({ description: 'Local start of the first one.', example: '2026-11-23T08:00' }),
    minutes: z
      .int()
      .min(1)
      .max(longestMinutes)
      .meta({ description: 'How long each lasts, by the wall clock.' }),
    reason: z.string().trim().min(1).max(200).optional(),
  })
  .refine(({ rule, firstFrom }) => parse(rule, firstFrom).after(new Date(0)) !== null, {
    error: 'The rule never occurs from then on',
    path: ['rule'],
  })
  .meta({ id: 'RecurringBlackout' });
export type RecurringBlackout = z.output<typeof recurringBlackout>;

/**
 * The times of a recurring blackout that touch the window. It begins and ends at the same local times all year:
 * the night that the clocks change it is an hour longer or shorter.
 * @param zone IANA time zone of the truck.
 */
export const occurrences = (
  { rule, firstFrom, minutes }: RecurringBlackout,
  zone: string,
  window: Interval,
): readonly Interval[] => {
  const wall = (seconds: number): Date =>
    DateTime.fromSeconds(seconds, { zone }).setZone('utc', { keepLocalTime: true }).toJSDate();
  const found: Interval[] = [];
  const from = wall(window.from - minutes * 60 - 3_600);
  parse(rule, firstFrom).between(from, wall(window.to), true, (date, index) => {
    const start = DateTime.fromJSDate(date, { zone: 'utc' });
    const at = (moment: DateTime): number => moment.setZone(zone, { keepLocalTime: true }).toSeconds();
    const interval = { from: at(start), to: at(start.plus({ minutes })) };
    if (interval.from < window.to && interval.to > window.from) found.push(interval);
    return index < maxOccurrences;
  });
  return found;
};
