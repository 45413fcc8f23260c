import { createHash } from 'node:crypto';
import { keyOf } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import { type EventFood, foodTruckKey, foodView, readEventFood } from './event-food.ts';
import type { EventItem, PerformerItem, SessionItem, VenueItem } from './items.ts';
import { readSessions } from './session-store.ts';
import { venueFields } from './views.ts';

/** What ticketing says of a session’s places. */
export interface SessionAvailability {
  readonly blocksBuilt: number;
  readonly blocksTotal: number;
  /** Counts by ticket type id; none before the inventory stands. */
  readonly ticketTypes: Readonly<
    Record<string, { readonly available: number; readonly held: number; readonly sold: number }>
  >;
}

/** Everything on an event’s page that the organizer saves, as read together. */
interface Composed {
  readonly event: EventItem;
  readonly venue: VenueItem;
  readonly performers: readonly PerformerItem[];
  readonly sessions: readonly SessionItem[];
  readonly food: EventFood;
}

/** Pages kept in memory by one process. */
const maxPages = 500;

/**
 * The read path of GET /events/{id}: pages are kept in memory, and each request compares the revisions of
 * what a page was made of with one strongly consistent read of some bytes. Whatever an organizer saved is
 * therefore on every page that is asked for after the answer to the save, on any instance, and a page that
 * nobody changed is never composed again. Sessions, ticket types and bookings of trucks count on their event’s revision; trucks have their own.
 */
export const openEventPages = (table: Table) => {
  const pages = new Map<string, Composed>();

  const compose = async (eventId: string): Promise<Composed | undefined> => {
    const event = await table.get<EventItem>(keyOf('EVENT', eventId), { consistent: true });
    if (event === undefined) return undefined;
    const [parts, sessions, food] = await Promise.all([
      table.batchGet<VenueItem | PerformerItem>(
        [keyOf('VENUE', event.venueId), ...event.performerIds.map((id) => keyOf('PERFORMER', id))],
        { consistent: true },
      ),
      readSessions(table, event.sessionIds),
      readEventFood(table, eventId),
    ]);
    const venue = parts.find((part) => part.sk === 'VENUE') as VenueItem | undefined;
    if (venue === undefined) throw new Error(`Event ${eventId} has no venue`);
    const performers = event.performerIds.flatMap(
      (id) =>
        (parts as PerformerItem[]).find((part) => part.sk === 'PERFORMER' && part.performerId === id) ?? [],
    );
    return { event, venue, performers, sessions, food };
  };

  /** Whether nothing a page shows was saved since it was composed. */
  const isCurrent = async ({ event, venue, performers, food }: Composed): Promise<boolean> => {
    const items = [event, venue, ...performers, ...food.trucks.values()];
    const expected = new Map(items.map((item) => [item.pk, item.revision]));
    const revisions = await table.batchGet<{ pk: string; revision: number }>(
      [
        ...[event, venue, ...performers].map(({ pk, sk }) => ({ pk, sk })),
        // Also those that are not known yet: the page is old when they are.
        ...food.truckIds.map(foodTruckKey),
      ],
      { consistent: true, attributes: ['pk', 'revision'] },
    );
    return (
      revisions.length === expected.size && revisions.every((item) => expected.get(item.pk) === item.revision)
    );
  };

  const remember = (eventId: string, page: Composed): void => {
    // The oldest goes first: a Map keeps the order of insertion.
    pages.delete(eventId);
    pages.set(eventId, page);
    const [oldest] = pages.keys();
    if (pages.size > maxPages && oldest !== undefined) pages.delete(oldest);
  };

  return {
    async read(eventId: string): Promise<Composed | undefined> {
      const known = pages.get(eventId);
      if (known !== undefined && (await isCurrent(known))) return known;
      const page = await compose(eventId);
      if (page === undefined) pages.delete(eventId);
      else remember(eventId, page);
      return page;
    },
  };
};

export type EventPages = ReturnType<typeof openEventPages>;

/** Once an event is public, its page has no session that is not: no draft, and none cancelled as a draft. */
const isShown = (event: EventItem, session: SessionItem): boolean =>
  event.publishedAt === undefined || session.publishedAt !== undefined || session.status === 'publishing';

/** The page as the API answers it. */
export const eventPageView = (
  { event, venue, performers, sessions, food }: Composed,
  availability: ReadonlyMap<string, SessionAvailability>,
) => ({
  id: event.eventId,
  organizationId: event.organizationId,
  name: event.name,
  ...(event.description !== undefined && { description: event.description }),
  category: event.category,
  status: event.status,
  venue: { id: venue.venueId, ...venueFields(venue) },
  performers: performers.map(({ performerId, name, description }) => ({
    id: performerId,
    name,
    ...(description !== undefined && { description }),
  })),
  sessions: sessions
    .filter((session) => isShown(event, session))
    .map((session) => {
      const places = availability.get(session.sessionId);
      return {
        id: session.sessionId,
        status: session.status,
        startsAt: session.startsAt,
        endsAt: session.endsAt,
        timeZone: session.timeZone,
        ticketTypes: session.ticketTypes.map(({ quantity: _, ...type }) => ({
          ...type,
          ...(places?.ticketTypes[type.id] ?? { available: 0, held: 0, sold: 0 }),
        })),
        ...(session.rsvp !== undefined && { rsvp: session.rsvp }),
        ...(session.status === 'publishing' && {
          inventory: { built: places?.blocksBuilt ?? 0, total: places?.blocksTotal ?? 0 },
        }),
      };
    }),
  food: foodView(food, event, sessions),
  updatedAt: event.updatedAt,
});

/** Revision and content: If-Match goes by the first, 304 by both. */
export const pageDetail = (view: object): string =>
  createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 10);
