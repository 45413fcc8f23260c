import * as z from 'zod';
import type { Fault } from '../platform/answer.ts';
import type { CategoryPlaces } from './layout.ts';
import { type SessionStatus, type TicketType, ticketTypeFaults } from './session.ts';

export const eventStatus = z.enum(['draft', 'publishing', 'published', 'cancelled']);
export type EventStatus = z.output<typeof eventStatus>;

export type EventCommand = 'addSession' | 'publish' | 'built' | 'emptied' | 'update' | 'cancel' | 'delete';

/** What each status allows, and where it leads. What is not here is refused. */
export const eventTransitions: Readonly<Record<EventStatus, Partial<Record<EventCommand, EventStatus>>>> = {
  draft: {
    addSession: 'draft',
    publish: 'publishing',
    update: 'draft',
    cancel: 'cancelled',
    delete: 'draft',
  },
  publishing: {
    addSession: 'publishing',
    publish: 'publishing',
    built: 'published',
    // Every session was cancelled before it could be sold: nothing was announced.
    emptied: 'draft',
    update: 'publishing',
    cancel: 'cancelled',
  },
  published: { addSession: 'published', publish: 'published', update: 'published', cancel: 'cancelled' },
  cancelled: {},
};

/** Sessions of one event: cancelling or publishing all of them must fit one transaction of 100 writes. */
export const maxSessions = 45;
export const maxPerformers = 30;

export const eventName = z.string().trim().min(1).max(200);
export const eventDescription = z.string().trim().max(5_000);
export const eventCategory = z.string().trim().min(1).max(60);

interface PublishableSession {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly startsAt: string;
  readonly ticketTypes: readonly TicketType[];
}

export type PublishDecision =
  | { readonly kind: 'publish'; readonly sessionIds: readonly string[] }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'published' }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/**
 * What publishing an event means now: its draft sessions go on sale; all at once or none. They are judged
 * against the venue’s plan as it is now, which may have changed since they were made.
 */
export const decidePublish = (
  sessions: readonly PublishableSession[],
  planCategories: readonly CategoryPlaces[] | undefined,
  now: Date,
): PublishDecision => {
  const drafts = sessions.filter((session) => session.status === 'draft');
  const live = sessions.filter((session) => session.status !== 'draft' && session.status !== 'cancelled');
  if (drafts.length === 0 && live.length === 0) {
    return {
      kind: 'refused',
      faults: [{ pointer: '/sessions', code: 'NO_SESSIONS', detail: 'Add a session first.' }],
    };
  }
  const faults = drafts.flatMap(({ sessionId, startsAt, ticketTypes }): Fault[] => {
    const base = `/sessions/${sessionId}`;
    const begun = Date.parse(startsAt) <= now.getTime();
    return [
      ...(begun
        ? [{ pointer: `${base}/startsAt`, code: 'IN_THE_PAST', detail: 'The session has begun already.' }]
        : []),
      ...ticketTypeFaults(ticketTypes, planCategories).map(({ pointer, code, detail }) => ({
        pointer: `${base}${pointer}`,
        code,
        detail,
      })),
    ];
  });
  if (faults.length > 0) return { kind: 'refused', faults };
  if (drafts.length > 0) return { kind: 'publish', sessionIds: drafts.map((session) => session.sessionId) };
  return { kind: live.some((session) => session.status === 'publishing') ? 'in_progress' : 'published' };
};
