import { DateTime } from 'luxon';
import { WrongCalendar } from './calendar-fault.ts';
import type { Property } from './components.ts';
import { isZoneName, utc, type Zone, zoneOf } from './zone.ts';

/** A date or a time as it stands in a calendar. */
export interface Moment {
  /** On the wall of the zone: milliseconds as if it were UTC. */
  readonly wallMs: number;
  readonly zone: Zone;
  readonly isDate: boolean;
}

/** Zones that a file describes itself, by TZID, and that of the truck for times without one. */
export interface Zones {
  readonly truck: Zone;
  readonly own: ReadonlyMap<string, Zone>;
}

export const secondsOf = ({ wallMs, zone }: Pick<Moment, 'wallMs' | 'zone'>): number =>
  zone.secondsOf(wallMs);

const zoneNamed = ({ timeZone, line }: Property, zones: Zones): Zone => {
  if (timeZone === undefined) return zones.truck;
  // A name that is known is more reliable than what the file says of it.
  if (isZoneName(timeZone)) return zoneOf(timeZone);
  const own = zones.own.get(timeZone);
  if (own === undefined)
    throw new WrongCalendar(line, `The time zone ${timeZone} is neither known nor described in the file`);
  return own;
};

/** A date or time of jCal: `2027-03-28`, `2027-03-28T03:30:00`, the last also with `Z`. */
export const momentOf = (property: Property, value: unknown, zones: Zones): Moment => {
  const text = String(value);
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const wall = DateTime.fromISO(text.replace(/Z$/, ''), { zone: 'utc' });
  if (!wall.isValid || !(isDate || /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?$/.test(text)))
    throw new WrongCalendar(property.line, `${property.name} has neither a date nor a time`);
  if (isDate) return { wallMs: wall.toMillis(), zone: zones.truck, isDate };
  return { wallMs: wall.toMillis(), zone: text.endsWith('Z') ? utc : zoneNamed(property, zones), isDate };
};

/** All dates and times of a property that may have several. */
export const momentsOf = (property: Property, zones: Zones): readonly Moment[] =>
  property.values.map((value) => momentOf(property, value, zones));
