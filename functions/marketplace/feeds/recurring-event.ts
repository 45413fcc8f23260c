import { DateTime } from 'luxon';
import type { Interval } from '../calendar/interval.ts';
import { occurrences, parseRule } from '../calendar/occurrences.ts';
import type { RecurringBlackout } from '../calendar/recurring-blackout.ts';
import { zoneOf } from './zone.ts';

/** One occurrence that a reader of the rule would take for another time than ours. */
export interface Correction {
  /** When RFC 5545 has it: epoch seconds. */
  readonly read: Interval;
  /** When it is; undefined when the clocks leave all of it out. */
  readonly interval: Interval | undefined;
}

/** A recurring blackout as RFC 5545 writes one: milliseconds on the wall of the truck, as if they were UTC. */
export interface RecurringEvent {
  /** First occurrence: readers count DTSTART as one. */
  readonly startMs: number;
  readonly endMs: number;
  readonly rule: string;
  readonly corrections: readonly Correction[];
}

/** `UNTIL` beside a start with a time zone is in UTC (RFC 5545, 3.3.10); in a truck’s rule it is local. */
const withUntilInUtc = (rule: string, until: Date | null | undefined, zone: string): string => {
  if (until === null || until === undefined) return rule;
  const utc = DateTime.fromSeconds(zoneOf(zone).secondsOf(until.getTime()), { zone: 'utc' });
  return rule.replace(/UNTIL=[^;]*/, `UNTIL=${utc.toFormat("yyyyMMdd'T'HHmmss'Z'")}`);
};

/**
 * A truck’s recurring blackout for other calendars. All that recurs by RFC 5545 lasts equally long (3.8.5.3), and a
 * local time that comes twice is the first one (3.3.5), while ours ends at the same local time in every night: what
 * that makes different within the horizon is corrected.
 * @param zone IANA time zone of the truck.
 */
export const recurringEvent = (
  blackout: RecurringBlackout,
  zone: string,
  horizon: Interval,
): RecurringEvent => {
  const { minutes, rule } = blackout;
  const parsed = parseRule(blackout);
  const first = parsed.after(new Date(`${blackout.firstFrom}:00Z`), true);
  if (first === null) throw new Error(`The rule ${rule} never occurs, though it was taken`);
  const { secondsOf } = zoneOf(zone);
  const wallOf = (seconds: number): number =>
    DateTime.fromSeconds(seconds, { zone }).setZone('utc', { keepLocalTime: true }).toMillis();
  const startMs = first.getTime();
  const from = secondsOf(startMs);
  const nominalEndMs = startMs + minutes * 60_000;
  // In the hour that the clocks leave out, a local end may come before the start.
  const endMs = secondsOf(nominalEndMs) > from ? nominalEndMs : wallOf(from + minutes * 60);
  const lengthSeconds = secondsOf(endMs) - from;
  const corrections = occurrences(blackout, zone, horizon).flatMap((interval) => {
    const readFrom = secondsOf(wallOf(interval.from));
    const read = { from: readFrom, to: readFrom + lengthSeconds };
    if (read.from === interval.from && read.to === interval.to) return [];
    return [{ read, interval: interval.from < interval.to ? interval : undefined }];
  });
  return { startMs, endMs, rule: withUntilInUtc(rule, parsed.origOptions.until, zone), corrections };
};
