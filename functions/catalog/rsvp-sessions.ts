import { openOwned } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import { type EventItem, isVisible, type SessionItem } from './items.ts';
import { answersEndAt, type RsvpTerms } from './rsvp-terms.ts';
import type { SessionStatus } from './session.ts';
import { readSessions } from './session-store.ts';

/** How a session takes answers, its ticket type by id. */
export interface SessionRsvpTerms extends Pick<RsvpTerms, 'guestsMax' | 'approval'> {
  readonly ticketTypeId: string;
  readonly ticketTypeName: string;
}

/** A session as those who answer its invitation need it. */
export interface RsvpSession {
  readonly sessionId: string;
  readonly eventId: string;
  readonly organizationId: string;
  readonly status: SessionStatus;
  /** Whether strangers may see it: it was on sale once. */
  readonly isPublic: boolean;
  /** From this instant (ISO 8601) answers are neither taken nor changed; none while it is postponed. */
  readonly answersEndAt?: string | undefined;
  /** None when it takes no answers, or no longer. */
  readonly terms?: SessionRsvpTerms | undefined;
}

const toRsvpSession = (item: SessionItem): RsvpSession => {
  const { sessionId, eventId, organizationId, status, rsvp } = item;
  const type = item.ticketTypes.find(({ name }) => name === rsvp?.ticketType);
  return {
    sessionId,
    eventId,
    organizationId,
    status,
    isPublic: isVisible(item),
    answersEndAt: answersEndAt({ ...item, changeUntil: rsvp?.changeUntil }),
    ...(rsvp !== undefined &&
      type !== undefined && {
        terms: {
          guestsMax: rsvp.guestsMax,
          approval: rsvp.approval,
          ticketTypeId: type.id,
          ticketTypeName: type.name,
        },
      }),
  };
};

/** Reads sessions whose invitations are answered, strongly consistent. */
export const openRsvpSessions = (table: Table) => {
  const events = openOwned<EventItem>(table, 'EVENT');
  const sessions = openOwned<SessionItem>(table, 'SESSION');
  return {
    /** A session; undefined when there is none. */
    async ofSession(sessionId: string): Promise<RsvpSession | undefined> {
      const item = await sessions.get(sessionId);
      return item && toRsvpSession(item);
    },

    /** The sessions of an event that were on sale once; undefined when strangers see no such event. */
    async ofEvent(eventId: string): Promise<readonly RsvpSession[] | undefined> {
      const event = await events.get(eventId);
      if (event === undefined || !isVisible(event)) return undefined;
      const items = await readSessions(table, event.sessionIds);
      return items.filter(isVisible).map(toRsvpSession);
    },
  };
};

export type RsvpSessions = ReturnType<typeof openRsvpSessions>;
