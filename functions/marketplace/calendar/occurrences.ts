import { DateTime } from 'luxon';
import * as rrule from 'rrule';
import type { Interval } from './interval.ts';
import type { RecurringBlackout } from './recurring-blackout.ts';
import { withinTime } from './within-time.ts';

// Bundlers take the package’s ES modules, Node its CommonJS, whose names are those of a default export.
const { rrulestr } = 'default' in rrule ? (rrule.default as typeof rrule) : rrule;

/** Most occurrences that one rule gives in the stretch that is looked at. */
const maxOccurrences = 1_000;

/** Reads a rule that starts at a local time, as if that time were UTC: rules know wall clocks, not zones. */
export const parseRule = ({ rule, firstFrom }: RecurringBlackout) =>
  rrulestr(rule, { dtstart: new Date(`${firstFrom}:00Z`) });

/** Its first time is found at once, or the library looks for it through all centuries. */
const searchMs = 500;

/** Why a rule cannot be taken; undefined when it can. */
export const faultOf = (blackout: RecurringBlackout): string | undefined => {
  try {
    const rule = parseRule(blackout);
    const { interval, byhour, byminute, bysecond } = rule.origOptions;
    if ([byhour, byminute, bysecond].some((part) => part !== undefined && part !== null))
      return 'The time of day is that of firstFrom.';
    if (interval !== undefined && interval < 1) return 'INTERVAL is at least 1.';
    const first = withinTime(searchMs, () => rule.after(new Date(0)));
    return first?.value ? undefined : 'It never occurs from firstFrom on.';
  } catch (error) {
    return `Not an RFC 5545 rule: ${(error as Error).message}`;
  }
};

/**
 * The times of a recurring blackout that touch the window. It begins and ends at the same local times all year:
 * the night that the clocks change it is an hour longer or shorter.
 * @param zone IANA time zone of the truck.
 */
export const occurrences = (
  blackout: RecurringBlackout,
  zone: string,
  window: Interval,
): readonly Interval[] => {
  const { minutes } = blackout;
  const wall = (seconds: number): Date =>
    DateTime.fromSeconds(seconds, { zone }).setZone('utc', { keepLocalTime: true }).toJSDate();
  const found: Interval[] = [];
  // An hour more: the clocks may change in between.
  const from = wall(window.from - minutes * 60 - 3_600);
  parseRule(blackout).between(from, wall(window.to), true, (date, index) => {
    const start = DateTime.fromJSDate(date, { zone: 'utc' });
    const at = (moment: DateTime): number => moment.setZone(zone, { keepLocalTime: true }).toSeconds();
    const interval = { from: at(start), to: at(start.plus({ minutes })) };
    if (interval.from < window.to && interval.to > window.from) found.push(interval);
    return index < maxOccurrences;
  });
  return found;
};
