import * as rrule from 'rrule';
import type { Interval } from '../calendar/interval.ts';
import { WrongCalendar } from './calendar-fault.ts';
import type { Property } from './components.ts';

// Bundlers take the package’s ES modules, Node its CommonJS, whose names are those of a default export.
const { rrulestr } = 'default' in rrule ? (rrule.default as typeof rrule) : rrule;

const grammar =
  /^FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;(COUNT|UNTIL|INTERVAL|WKST|BYSETPOS|BY(MONTH|WEEKNO|YEARDAY|MONTHDAY|DAY|HOUR|MINUTE|SECOND))=[A-Z0-9,+-]+)*$/;

/** `FREQ` may stand anywhere; the rule is read with it in front. */
const ordered = (text: string): string => {
  const parts = text
    .toUpperCase()
    .split(';')
    .filter((part) => part !== '');
  return [
    ...parts.filter((part) => part.startsWith('FREQ=')),
    ...parts.filter((part) => !part.startsWith('FREQ=')),
  ].join(';');
};

/** A recurrence rule (RFC 5545, 3.3.10), all times on one wall: milliseconds as if they were UTC. */
export interface Recurrence {
  /** Its `UNTIL` as it is written. */
  readonly until: string | undefined;
  /** Starts within a window, at most so many. */
  within(window: { readonly fromMs: number; readonly toMs: number }, most: number): readonly number[];
  /** The last start not after that time. */
  lastBefore(wallMs: number): number | undefined;
}

/**
 * @param startMs the first start.
 * @throws WrongCalendar when it is no rule, or one by the hour or below.
 */
export const recurrenceOf = ({ text, line }: Property, startMs: number): Recurrence => {
  const rule = ordered(text);
  if (!grammar.test(rule) || /INTERVAL=0*(;|$)/.test(rule))
    throw new WrongCalendar(line, 'Not a rule by year, month, week or day (RFC 5545, 3.3.10)');
  const until = /(?:^|;)UNTIL=([^;]+)/.exec(rule)?.[1];
  // UNTIL is an instant as a rule, and the library knows wall clocks only: who asks judges it.
  const bare = rule.replace(/;UNTIL=[^;]+/, '');
  let parsed: rrule.RRule;
  try {
    parsed = rrulestr(bare, { dtstart: new Date(startMs) }) as rrule.RRule;
  } catch (error) {
    throw new WrongCalendar(line, (error as Error).message);
  }
  return {
    until,
    within({ fromMs, toMs }, most) {
      const starts: number[] = [];
      parsed.between(new Date(fromMs), new Date(toMs), true, (date) => {
        starts.push(date.getTime());
        return starts.length < most;
      });
      return starts;
    },
    lastBefore: (wallMs) => parsed.before(new Date(wallMs), true)?.getTime(),
  };
};

/** A window of wall-clock times around an interval of instants: no zone is farther than a day from UTC. */
export const wallWindow = ({ from, to }: Interval) => ({
  fromMs: (from - 86_400) * 1_000,
  toMs: (to + 86_400) * 1_000,
});
