import { DateTime } from 'luxon';
import { contentId } from '../../platform/ids.ts';
import { maxWindowSeconds } from '../calendar/calendar-month.ts';
import { type Interval, overlaps } from '../calendar/interval.ts';
import { withinTime } from '../calendar/within-time.ts';
import { type CalendarFault, WrongCalendar } from './calendar-fault.ts';
import { type Component, type Property, propertiesOf, propertyOf, readComponents } from './components.ts';
import { describedZone } from './described-zone.ts';
import { importedDays, maxImportedTimes } from './import-limits.ts';
import { type Moment, momentOf, momentsOf, secondsOf, type Zones } from './moments.ts';
import { isOwnUid } from './own-uid.ts';
import { recurrenceOf, wallWindow } from './recurrence.ts';
import { type Zone, zoneOf } from './zone.ts';

/** The longest that the rules of one file may take. */
const readingMilliseconds = 2_000;

/** A time that is to be blocked; its id follows from where it comes from and when it is. */
export interface ImportedTime extends Interval {
  readonly id: string;
}

/** What of a file is no blackout: numbers of its events. */
export interface Ignored {
  /** They take no time: TRANSP:TRANSPARENT, or without a length. */
  readonly free: number;
  readonly cancelled: number;
  /** Over, or more than a year ahead. */
  readonly outside: number;
  /** Of this truck’s own feed. */
  readonly own: number;
}

export type ReadTimes =
  | { readonly kind: 'times'; readonly times: readonly ImportedTime[]; readonly ignored: Ignored }
  | { readonly kind: 'fault'; readonly fault: CalendarFault };

interface Event {
  readonly uid: string;
  readonly line: number;
  readonly start: Moment;
  /** Epoch seconds of the end of a time that starts on this wall. */
  readonly endOf: (wallMs: number, zone: Zone) => number;
  readonly rule: Property | undefined;
  readonly given: readonly Property[];
  readonly except: readonly Property[];
  /** Which occurrence of its series this event is in the place of: epoch seconds. */
  readonly insteadOf: number | undefined;
  readonly kind: 'busy' | 'free' | 'cancelled';
}

/** What lasts so long: days by the calendar, then seconds by the clock (RFC 5545, 3.3.6). */
const lasting =
  (days: number, seconds: number) =>
  (wallMs: number, zone: Zone): number =>
    zone.secondsOf(wallMs + days * 86_400_000) + seconds;

const lengthOf = (text: string): { readonly days: number; readonly seconds: number } | undefined => {
  const match = /^\+?P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/.exec(text);
  if (match === null) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { days: weeks * 7 + days, seconds: hours * 3_600 + minutes * 60 + seconds };
};

const endOf = (component: Component, start: Moment, zones: Zones): Event['endOf'] => {
  const end = propertyOf(component, 'DTEND');
  if (end !== undefined) {
    const moment = momentOf(end, end.values[0], zones);
    if (moment.isDate !== start.isDate)
      throw new WrongCalendar(end.line, 'DTSTART and DTEND are not both dates, nor both times');
    const days = (moment.wallMs - start.wallMs) / 86_400_000;
    const seconds = secondsOf(moment) - secondsOf(start);
    if (start.isDate ? days < 0 : seconds < 0) throw new WrongCalendar(end.line, 'DTEND is before DTSTART');
    return start.isDate ? lasting(days, 0) : lasting(0, seconds);
  }
  const duration = propertyOf(component, 'DURATION');
  if (duration === undefined) return lasting(start.isDate ? 1 : 0, 0);
  const length = lengthOf(duration.text);
  if (length === undefined)
    throw new WrongCalendar(duration.line, 'DURATION is no length of time, e.g. PT2H');
  return lasting(length.days, length.seconds);
};

const readEvent = (component: Component, zones: Zones): Event => {
  const startsAt = propertyOf(component, 'DTSTART');
  if (startsAt === undefined) throw new WrongCalendar(component.line, 'VEVENT has no DTSTART');
  const start = momentOf(startsAt, startsAt.values[0], zones);
  const exceptionRule = propertyOf(component, 'EXRULE');
  if (exceptionRule !== undefined)
    throw new WrongCalendar(exceptionRule.line, 'EXRULE is not taken: RFC 5545 has taken it away');
  const instead = propertyOf(component, 'RECURRENCE-ID');
  if (instead?.range !== undefined)
    throw new WrongCalendar(instead.line, 'RECURRENCE-ID with RANGE is not taken');
  const textOf = (name: string): string => propertyOf(component, name)?.text.trim() ?? '';
  const isFree = textOf('TRANSP').toUpperCase() === 'TRANSPARENT';
  return {
    uid: textOf('UID'),
    line: component.line,
    start,
    endOf: endOf(component, start, zones),
    rule: instead === undefined ? propertyOf(component, 'RRULE') : undefined,
    given: instead === undefined ? propertiesOf(component, 'RDATE') : [],
    except: propertiesOf(component, 'EXDATE'),
    insteadOf: instead && secondsOf(momentOf(instead, instead.values[0], zones)),
    kind: textOf('STATUS').toUpperCase() === 'CANCELLED' ? 'cancelled' : isFree ? 'free' : 'busy',
  };
};

/** Whether a start is not after the UNTIL of its rule: an instant, or a date or time on the same wall. */
const isUntil = (until: string | undefined, wallMs: number, zone: Zone, line: number): boolean => {
  if (until === undefined) return true;
  const at = DateTime.fromISO(until.replace(/Z$/, ''), { zone: 'utc' });
  if (!at.isValid) throw new WrongCalendar(line, 'UNTIL is neither a date nor a time');
  if (until.endsWith('Z')) return zone.secondsOf(wallMs) <= at.toSeconds();
  return wallMs <= (until.includes('T') ? at : at.endOf('day')).toMillis();
};

const periodOf = (property: Property, value: unknown, zones: Zones): Interval => {
  const [from, end] = value as readonly [unknown, unknown];
  const start = momentOf(property, from, zones);
  const length = lengthOf(String(end));
  const to =
    length === undefined
      ? secondsOf(momentOf(property, end, zones))
      : lasting(length.days, length.seconds)(start.wallMs, start.zone);
  return { from: secondsOf(start), to };
};

/** The times of an event that touch the horizon, by its rule and its exceptions. */
const timesOf = (event: Event, zones: Zones, horizon: Interval): readonly Interval[] => {
  const { start, rule, given, except } = event;
  const at = (wallMs: number, zone: Zone): Interval => ({
    from: zone.secondsOf(wallMs),
    to: event.endOf(wallMs, zone),
  });
  const first = at(start.wallMs, start.zone);
  // A time that began before the horizon may reach into it.
  const window = wallWindow({ from: horizon.from - (first.to - first.from), to: horizon.to });
  const recurrence = rule && recurrenceOf(rule, start.wallMs);
  const walls = [start.wallMs, ...(recurrence?.within(window, 2 * maxImportedTimes) ?? [])].filter(
    (wallMs) => rule === undefined || isUntil(recurrence?.until, wallMs, start.zone, rule.line),
  );
  const exceptions = except.flatMap((property) => momentsOf(property, zones));
  const dates = new Set(exceptions.filter(({ isDate }) => isDate).map(({ wallMs }) => wallMs));
  const instants = new Set(exceptions.map(secondsOf));
  const periods = given.flatMap((property) =>
    property.values.map((value) => {
      if (property.type === 'period') return periodOf(property, value, zones);
      const moment = momentOf(property, value, zones);
      return at(moment.wallMs, moment.zone);
    }),
  );
  const byRule = walls
    .filter((wallMs) => !dates.has(wallMs - (wallMs % 86_400_000)))
    .map((wallMs) => at(wallMs, start.zone));
  const all = new Map([...byRule, ...periods].map((time) => [`${time.from}-${time.to}`, time]));
  return [...all.values()].filter((time) => !instants.has(time.from) && overlaps(time, horizon));
};

/** A month’s write takes no longer times: what is longer comes in parts, counted from its start. */
const parts = ({ from, to }: Interval, horizon: Interval): readonly Interval[] => {
  const found: Interval[] = [];
  // Parts that are over are stepped over, not walked through.
  const over = Math.max(0, Math.floor((horizon.from - from) / maxWindowSeconds));
  for (
    let start = from + over * maxWindowSeconds;
    start < Math.min(to, horizon.to);
    start += maxWindowSeconds
  )
    found.push({ from: start, to: Math.min(to, start + maxWindowSeconds) });
  return found.filter((part) => overlaps(part, horizon));
};

const readEvents = (text: string, truckZone: string, horizon: Interval) => {
  const calendars = readComponents(text).filter(({ name }) => name === 'VCALENDAR');
  const inside = calendars.flatMap(({ components }) => components);
  const truck = zoneOf(truckZone);
  const own = new Map(
    inside
      .filter(({ name }) => name === 'VTIMEZONE')
      .map((zone) => [String(propertyOf(zone, 'TZID')?.values[0]), describedZone(zone, horizon)]),
  );
  const zones = { truck, own };
  const events = inside.filter(({ name }) => name === 'VEVENT').map((event) => readEvent(event, zones));
  return { zones, events };
};

const read = (
  text: string,
  truckId: string,
  source: string,
  truckZone: string,
  now: number,
): Extract<ReadTimes, { kind: 'times' }> => {
  const horizon = { from: now, to: now + importedDays * 86_400 };
  const { zones, events } = readEvents(text, truckZone, horizon);
  const replaced = new Set(
    events
      .filter(({ insteadOf }) => insteadOf !== undefined)
      .map(({ uid, insteadOf }) => `${insteadOf} ${uid}`),
  );
  const ignored = { free: 0, cancelled: 0, outside: 0, own: 0 };
  const times = new Map<string, ImportedTime>();
  for (const event of events) {
    const { uid, insteadOf } = event;
    if (isOwnUid(truckId, uid)) {
      ignored.own += 1;
      continue;
    }
    if (event.kind !== 'busy') {
      ignored[event.kind] += 1;
      continue;
    }
    const found = timesOf(event, zones, horizon).filter(
      ({ from }) => insteadOf !== undefined || !replaced.has(`${from} ${uid}`),
    );
    const taking = found.filter(({ from, to }) => from < to);
    if (
      found.length > taking.length ||
      event.endOf(event.start.wallMs, event.start.zone) === secondsOf(event.start)
    )
      ignored.free += 1;
    else if (taking.length === 0) ignored.outside += 1;
    for (const part of taking.flatMap((time) => parts(time, horizon))) {
      const id = contentId('imt', JSON.stringify([source, uid, part.from, part.to]));
      times.set(id, { id, ...part });
      if (times.size > maxImportedTimes)
        throw new WrongCalendar(
          event.line,
          `With this event there are more than ${maxImportedTimes} times within ${importedDays} days`,
        );
    }
  }
  const sorted = [...times.values()].sort((one, other) => one.from - other.from || one.to - other.to);
  return { kind: 'times', times: sorted, ignored };
};

/**
 * The times that an iCalendar file (RFC 5545) takes from now on, for a year: those of events that recur too, dates
 * and times without a zone by the zone of the truck. Titles and people are not looked at.
 *
 * @param source name of the calendar: the same times of another one have other ids.
 * @param truckZone IANA time zone.
 * @param now epoch seconds.
 * @param milliseconds how long its rules may take.
 */
export const readTimes = (
  text: string,
  truckId: string,
  source: string,
  truckZone: string,
  now: number,
  milliseconds: number = readingMilliseconds,
): ReadTimes => {
  try {
    const done = withinTime(milliseconds, () => read(text, truckId, source, truckZone, now));
    return done?.value ?? { kind: 'fault', fault: { line: 1, reason: 'Its rules take too long to follow' } };
  } catch (error) {
    if (!(error instanceof WrongCalendar)) throw error;
    return { kind: 'fault', fault: error.fault };
  }
};
