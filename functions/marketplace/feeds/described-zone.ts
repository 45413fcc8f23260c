import { DateTime } from 'luxon';
import type { Interval } from '../calendar/interval.ts';
import { WrongCalendar } from './calendar-fault.ts';
import { type Component, type Property, propertiesOf, propertyOf } from './components.ts';
import { recurrenceOf, wallWindow } from './recurrence.ts';
import type { Zone } from './zone.ts';

/** Onsets of one observance within a horizon: the clocks change twice a year, some years around it are read. */
const maxOnsets = 50;
const yearSeconds = 366 * 86_400;

interface Onset {
  /** The moment of the change on the wall before it: milliseconds as if it were UTC. */
  readonly wallMs: number;
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
}

const required = (component: Component, name: string): Property => {
  const property = propertyOf(component, name);
  if (property === undefined) throw new WrongCalendar(component.line, `${component.name} has no ${name}`);
  return property;
};

const wallOf = (property: Property, value: unknown): number => {
  const wall = DateTime.fromISO(String(value).replace(/Z$/, ''), { zone: 'utc' });
  if (!wall.isValid) throw new WrongCalendar(property.line, `${property.name} has no time`);
  return wall.toMillis();
};

/** jCal’s `+03:00`, also with seconds. */
const offsetOf = (property: Property): number => {
  const match = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(String(property.values[0]));
  if (match === null) throw new WrongCalendar(property.line, `${property.name} is no offset, e.g. +0200`);
  const [, sign, hours, minutes, seconds = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
};

const onsetsOf = (observance: Component, horizon: Interval): readonly Onset[] => {
  const start = required(observance, 'DTSTART');
  const startMs = wallOf(start, start.values[0]);
  const rule = propertyOf(observance, 'RRULE');
  const given = propertiesOf(observance, 'RDATE').flatMap((property) =>
    property.values.map((value) => wallOf(property, value)),
  );
  const window = wallWindow({ from: horizon.from - 2 * yearSeconds, to: horizon.to + yearSeconds });
  const recurrence = rule && recurrenceOf(rule, startMs);
  const until =
    recurrence?.until === undefined || rule === undefined
      ? Number.POSITIVE_INFINITY
      : DateTime.fromISO(recurrence.until.replace(/Z$/, ''), { zone: 'utc' }).toMillis() + 86_400_000;
  const last = recurrence?.lastBefore(Math.min(window.fromMs, until));
  const recurring = recurrence === undefined ? [] : recurrence.within(window, maxOnsets);
  const walls = [startMs, ...given, ...(last === undefined ? [] : [last]), ...recurring];
  const beforeSeconds = offsetOf(required(observance, 'TZOFFSETFROM'));
  const afterSeconds = offsetOf(required(observance, 'TZOFFSETTO'));
  return walls.filter((wallMs) => wallMs <= until).map((wallMs) => ({ wallMs, beforeSeconds, afterSeconds }));
};

/**
 * A time zone as a file describes it (VTIMEZONE): for names that nobody else knows, such as Outlook’s.
 * @param horizon where times are asked for.
 * @throws WrongCalendar
 */
export const describedZone = (component: Component, horizon: Interval): Zone => {
  const onsets = component.components
    .flatMap((observance) => onsetsOf(observance, horizon))
    .sort((one, other) => one.wallMs - other.wallMs);
  const [first] = onsets;
  if (first === undefined) throw new WrongCalendar(component.line, 'VTIMEZONE says nothing of its offsets');
  return {
    secondsOf(wallMs) {
      const onset = onsets.findLast((candidate) => candidate.wallMs <= wallMs);
      if (onset === undefined) return wallMs / 1_000 - first.beforeSeconds;
      // A time that the clocks leave out is read by the offset before.
      const isLeftOut = wallMs < onset.wallMs + (onset.afterSeconds - onset.beforeSeconds) * 1_000;
      return wallMs / 1_000 - (isLeftOut ? onset.beforeSeconds : onset.afterSeconds);
    },
  };
};
