import { keyOf } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import type { EventStatus } from './event.ts';
import type { EventItem, VenueItem } from './items.ts';
import type { SessionStatus } from './session.ts';
import { readSessions } from './session-store.ts';

/** An event as those see it who plan around it: where it is, and when people are there. */
export interface Occasion {
  readonly eventId: string;
  readonly organizationId: string;
  readonly status: EventStatus;
  readonly venue: {
    readonly city: string;
    readonly lat: number;
    readonly lon: number;
    readonly timeZone: string;
  };
  readonly sessions: readonly {
    readonly sessionId: string;
    readonly status: SessionStatus;
    /** ISO 8601: when its doors open by its own setting, its start where it has none. */
    readonly from: string;
    readonly to: string;
  }[];
}

/**
 * Reads an event with its venue and sessions, strongly consistent.
 * @throws Error when its venue is missing, which no command leaves behind.
 */
export const readOccasion = async (table: Table, eventId: string): Promise<Occasion | undefined> => {
  const event = await table.get<EventItem>(keyOf('EVENT', eventId), { consistent: true });
  if (event === undefined) return undefined;
  const [venue, sessions] = await Promise.all([
    table.get<VenueItem>(keyOf('VENUE', event.venueId), { consistent: true }),
    readSessions(table, event.sessionIds),
  ]);
  if (venue === undefined) throw new Error(`Event ${eventId} has no venue`);
  const { city, location, timeZone } = venue;
  return {
    eventId,
    organizationId: event.organizationId,
    status: event.status,
    venue: { city, lat: location.lat, lon: location.lon, timeZone },
    sessions: sessions.map(({ sessionId, status, startsAt, endsAt, doorsOpenMinutes = 0 }) => ({
      sessionId,
      status,
      from: new Date(Date.parse(startsAt) - doorsOpenMinutes * 60_000).toISOString(),
      to: endsAt,
    })),
  };
};

/** The event of a session, which never changes. */
export const eventIdOf = async (table: Table, sessionId: string): Promise<string | undefined> =>
  (await table.get<{ readonly eventId: string }>(keyOf('SESSION', sessionId), { consistent: true }))?.eventId;
