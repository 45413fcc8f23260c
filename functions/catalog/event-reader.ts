import { openOwned } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import { type EventItem, isVisible, type SessionItem } from './items.ts';
import type { SessionStatus, TicketType } from './session.ts';
import { readSessions } from './session-store.ts';

/** What other contexts need of an event: whose it is, for policies, and which sessions it has. */
export interface EventReading {
  readonly eventId: string;
  readonly organizationId: string;
  readonly sessionIds: readonly string[];
}

/** What other contexts need of a session that a policy is about. */
export interface SessionReading {
  readonly sessionId: string;
  readonly status: SessionStatus;
}

/** Reads events and sessions of the catalog table for other contexts, strongly consistent. */
export const openEventReader = (table: Table) => {
  const events = openOwned<EventItem>(table, 'EVENT');
  const sessions = openOwned<SessionItem>(table, 'SESSION');
  return {
    /** Loader of the event that a policy is about. */
    async event(id: string) {
      const item = await events.get(id);
      if (item === undefined) return undefined;
      const { eventId, organizationId, sessionIds } = item;
      const entity: EventReading = { eventId, organizationId, sessionIds };
      return { entity, organizationId, isPublic: isVisible(item) };
    },
    /** Loader of the session that a policy is about. */
    async session(id: string) {
      const item = await sessions.get(id);
      if (item === undefined) return undefined;
      const { sessionId, organizationId, status, publishedAt } = item;
      const entity: SessionReading = { sessionId, status };
      return { entity, organizationId, sessionId, isPublic: publishedAt !== undefined };
    },
    /** Ticket types of all sessions of an event. */
    async ticketTypesOf({ sessionIds }: EventReading): Promise<readonly TicketType[]> {
      return (await readSessions(table, sessionIds)).flatMap(({ ticketTypes }) => ticketTypes);
    },
  };
};

export type EventReader = ReturnType<typeof openEventReader>;
