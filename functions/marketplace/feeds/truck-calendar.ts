import ical, {
  type ICalCalendar,
  ICalCalendarMethod,
  type ICalEventData,
  ICalEventStatus,
  ICalEventTransparency,
  type ICalLuxonDateTimeStub,
} from 'ical-generator';
import { DateTime } from 'luxon';
import { tzlib_get_ical_block } from 'timezones-ical-library';
import { contentId } from '../../platform/ids.ts';
import { type CalendarEntry, type EntryKind, isLive } from '../calendar/calendar.ts';
import { type Interval, overlaps } from '../calendar/interval.ts';
import type { TruckItem } from '../truck.ts';
import { ownUid } from './own-uid.ts';
import { recurringEvent } from './recurring-event.ts';

const daySeconds = 24 * 60 * 60;

/** Subscribers are asked to look again after an hour. */
const refreshSeconds = 60 * 60;

/** What a feed tells at an instant (epoch seconds): the last 90 days and a year ahead. */
export const feedHorizon = (now: number): Interval => ({
  from: now - 90 * daySeconds,
  to: now + 365 * daySeconds,
});

const summaries: Readonly<Record<EntryKind, string>> = {
  booking: 'Booked',
  hold: 'Held',
  blackout: 'Blocked',
};

const utcText = (seconds: number): string =>
  DateTime.fromSeconds(seconds, { zone: 'utc' }).toFormat("yyyyMMdd'T'HHmmss'Z'");

/** A local time as it stands, also one that the clocks leave out: luxon in the zone would move it. */
const onTheWall = (wallMs: number): ICalLuxonDateTimeStub => {
  const wall = DateTime.fromMillis(wallMs, { zone: 'utc' });
  const stub: ICalLuxonDateTimeStub = {
    isValid: true,
    zone: wall.zone,
    setZone: () => stub,
    toFormat: (format) => wall.toFormat(format),
    toJSDate: () => wall.toJSDate(),
    toJSON: () => wall.toISO(),
  };
  return stub;
};

const instant = (seconds: number): DateTime => DateTime.fromSeconds(seconds, { zone: 'utc' });

type Truck = Pick<
  TruckItem,
  'truckId' | 'name' | 'timeZone' | 'recurringBlackouts' | 'revision' | 'createdAt' | 'updatedAt'
>;

/** Instants, not times on a wall: an hour that comes twice has no other name. */
const entryEvent = (truck: Truck, entry: CalendarEntry): ICalEventData => {
  const { id, kind, shown, blocked, place } = entry;
  const clock = (seconds: number): string =>
    DateTime.fromSeconds(seconds, { zone: truck.timeZone }).toFormat('yyyy-MM-dd HH:mm');
  const around = shown.from !== blocked.from || shown.to !== blocked.to;
  return {
    id: ownUid(truck.truckId, id),
    sequence: entry.sequence ?? 0,
    stamp: entry.writtenAt ?? truck.createdAt,
    start: instant(shown.from),
    end: instant(shown.to),
    summary: `${summaries[kind]}: ${truck.name}`,
    status: kind === 'hold' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
    transparency: ICalEventTransparency.OPAQUE,
    ...(place !== undefined && { location: { geo: place } }),
    ...(around && {
      description: `With setup and teardown ${clock(blocked.from)} – ${clock(blocked.to)} (${truck.timeZone})`,
      x: [
        { key: 'X-FAIRGROUND-BLOCKED-FROM', value: utcText(blocked.from) },
        { key: 'X-FAIRGROUND-BLOCKED-TO', value: utcText(blocked.to) },
      ],
    }),
  };
};

const addRecurring = (calendar: ICalCalendar, truck: Truck, horizon: Interval): void => {
  const blackouts = new Map(
    truck.recurringBlackouts.map((blackout) => [contentId('rbl', JSON.stringify(blackout)), blackout]),
  );
  for (const [id, blackout] of blackouts) {
    const { startMs, endMs, rule, corrections } = recurringEvent(blackout, truck.timeZone, horizon);
    const common = {
      id: ownUid(truck.truckId, id),
      sequence: truck.revision,
      stamp: truck.updatedAt,
      summary: `${summaries.blackout}: ${truck.name}`,
      transparency: ICalEventTransparency.OPAQUE,
    };
    calendar.createEvent({
      ...common,
      start: onTheWall(startMs),
      end: onTheWall(endMs),
      timezone: truck.timeZone,
      repeating: rule,
    });
    for (const { read, interval } of corrections) {
      const { from, to } = interval ?? read;
      calendar.createEvent({
        ...common,
        start: instant(from),
        end: instant(to),
        recurrenceId: instant(read.from),
        ...(interval === undefined && { status: ICalEventStatus.CANCELLED }),
      });
    }
  }
};

/**
 * What takes a truck’s time as an RFC 5545 document: bookings, holds and blackouts; no word of who booked it. All of
 * it follows from what is kept, so that the same calendar is the same text. What was imported is left out: it
 * would come back to where it is from.
 * @param entries those of the horizon, at least.
 * @param now epoch seconds: holds that have lapsed are left out.
 */
export const truckCalendar = (truck: Truck, entries: readonly CalendarEntry[], now: number): string => {
  const horizon = feedHorizon(now);
  const calendar = ical({
    name: truck.name,
    prodId: '//Fairground//Trucks//EN',
    method: ICalCalendarMethod.PUBLISH,
    ttl: refreshSeconds,
  });
  calendar.timezone({ name: null, generator: (zone) => tzlib_get_ical_block(zone)[0] ?? null });
  const told = entries
    .filter((entry) => entry.source === undefined && isLive(entry, now) && overlaps(entry.blocked, horizon))
    .sort((one, other) => one.shown.from - other.shown.from || (one.id < other.id ? -1 : 1));
  for (const entry of told) calendar.createEvent(entryEvent(truck, entry));
  addRecurring(calendar, truck, horizon);
  return calendar.toString();
};
