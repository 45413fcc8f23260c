import { keyOf } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import type { EventItem, SessionItem, VenueItem } from './items.ts';
import { doorsOpenAt, type SessionStatus } from './session.ts';
import { venueFields } from './views.ts';

/** What a ticket says of its session, and what a scanner goes by. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly organizationId: string;
  readonly status: SessionStatus;
  /** Whether strangers may see it: it was on sale once. */
  readonly isPublic: boolean;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly timeZone: string;
  /** From this instant until `endsAt` tickets are admitted (ISO 8601). */
  readonly doorsOpenAt: string;
  /** The sequence of the lifecycle event that told of it as it is here. */
  readonly revision: number;
  readonly event: { readonly id: string; readonly name: string };
  readonly venue: { readonly id: string } & ReturnType<typeof venueFields>;
}

/** How old facts in memory may be: a session cancelled now still admits for so long. */
const factsMaxAgeMs = 5_000;

const maxSessions = 200;

/**
 * Reads a session with its event and venue: two calls.
 * @throws Error when event or venue of a session is missing, which no command leaves behind.
 */
export const readSessionFacts = async (
  table: Table,
  sessionId: string,
  options: { readonly consistent?: boolean } = {},
): Promise<SessionFacts | undefined> => {
  const session = await table.get<SessionItem>(keyOf('SESSION', sessionId), options);
  if (session === undefined) return undefined;
  const parts = await table.batchGet<EventItem | VenueItem>(
    [keyOf('EVENT', session.eventId), keyOf('VENUE', session.venueId)],
    options,
  );
  const event = parts.find((part) => part.sk === 'EVENT') as EventItem | undefined;
  const venue = parts.find((part) => part.sk === 'VENUE') as VenueItem | undefined;
  if (event === undefined || venue === undefined)
    throw new Error(`Session ${sessionId} has no event or no venue`);
  return {
    sessionId,
    organizationId: session.organizationId,
    status: session.status,
    isPublic: session.publishedAt !== undefined,
    startsAt: session.startsAt,
    endsAt: session.endsAt,
    timeZone: session.timeZone,
    doorsOpenAt: doorsOpenAt(session),
    revision: session.revision,
    event: { id: event.eventId, name: event.name },
    venue: { id: venue.venueId, ...venueFields(venue) },
  };
};

/**
 * Reads sessions with their event and venue: two calls, then none for five seconds.
 * @throws Error when event or venue of a session is missing, which no command leaves behind.
 */
export const openSessionFacts = (table: Table, clockMs: () => number = Date.now) => {
  const known = new Map<
    string,
    { readonly atMs: number; readonly facts: Promise<SessionFacts | undefined> }
  >();

  return (sessionId: string): Promise<SessionFacts | undefined> => {
    const kept = known.get(sessionId);
    if (kept !== undefined && clockMs() - kept.atMs <= factsMaxAgeMs) return kept.facts;
    const facts = readSessionFacts(table, sessionId);
    // The oldest goes first: a Map keeps the order of insertion.
    known.delete(sessionId);
    known.set(sessionId, { atMs: clockMs(), facts });
    const [oldest] = known.keys();
    if (known.size > maxSessions && oldest !== undefined) known.delete(oldest);
    const forget = (): void => {
      if (known.get(sessionId)?.facts === facts) known.delete(sessionId);
    };
    facts.then((found) => {
      if (found === undefined) forget();
    }, forget);
    return facts;
  };
};

export type SessionFactsOf = ReturnType<typeof openSessionFacts>;
