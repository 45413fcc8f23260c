import { noContent, ok, type Problem, problem } from '../platform/answer.ts';
import { etagOf } from '../platform/etag.ts';
import { contentId } from '../platform/ids.ts';
import { changeAt, keyOf, newItem, openOwned } from '../platform/owned-item.ts';
import { pastFaults } from '../platform/past-faults.ts';
import { validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import { absent, atRevision, type Item, type Table } from '../platform/table.ts';
import { eventTransitions, maxSessions } from './event.ts';
import { notAllowed } from './events-api.ts';
import type { EventItem, SessionItem, VenueItem } from './items.ts';
import type { CatalogLoaders } from './loaders.ts';
import type { catalogCommandRoutes } from './routes.ts';
import { rsvpFaults } from './rsvp-terms.ts';
import { changeSaleTerms } from './sale-terms.ts';
import {
  type NewTicketType,
  type SessionCommand,
  sessionTransitions,
  ticketTypeFaults,
  timeFaults,
} from './session.ts';
import { touchEvent } from './session-store.ts';
import { sessionView } from './views.ts';

type Commands = Handlers<typeof catalogCommandRoutes, CatalogLoaders>;

/** Bounds of a hold’s duration, set by the stage. */
export interface HoldBounds {
  readonly minHoldSeconds: number;
  readonly maxHoldSeconds: number;
}

export const sessionCommands = (
  table: Table,
  bounds: HoldBounds,
): Pick<Commands, 'createSession' | 'updateSession' | 'deleteSession' | 'cancelSession'> => {
  const sessions = openOwned<SessionItem>(table, 'SESSION');
  const venues = openOwned<VenueItem>(table, 'VENUE');
  const events = openOwned<EventItem>(table, 'EVENT');

  /** Ids of ticket types follow from the session and their place, so that a retry gives the same. */
  const withIds = (
    sessionId: string,
    types: readonly NewTicketType[],
    salt: string,
  ): SessionItem['ticketTypes'] =>
    types.map((type, index) => ({ id: contentId('tt', `${sessionId}/${salt}/${index}`), ...type }));

  return {
    async createSession(request) {
      const { entity: event } = request.resource;
      const sessionId = request.newId('ses');
      const answerAgain = (old: SessionItem) =>
        isReplay(old, request)
          ? ok(201, sessionView(old), { etag: etagOf(old.revision), replayed: true })
          : problem('IDEMPOTENCY_KEY_REUSED');
      /** A retry is answered with its session, even if what it asks for would be refused by now. */
      const refuse = async (refusal: Problem) => {
        const old = await sessions.get(sessionId);
        return old === undefined ? refusal : answerAgain(old);
      };
      const refuseStatus = (status: EventItem['status']) =>
        refuse(notAllowed(status, eventTransitions[status]));

      if (eventTransitions[event.status].addSession === undefined) return refuseStatus(event.status);
      const { ticketTypes, ...settings } = request.body;
      const venue = await venues.get(event.venueId);
      if (venue === undefined) throw new Error(`Event ${event.eventId} has no venue`);
      const faults = [
        ...timeFaults(settings, bounds),
        ...ticketTypeFaults(ticketTypes, venue.plan?.categories),
        ...rsvpFaults(settings.rsvp, ticketTypes),
      ];
      if (faults.length > 0) return refuse(validationProblem(faults));

      const { maxHoldsPerCustomer, ...rest } = settings;
      const item: SessionItem = newItem(
        'SESSION',
        sessionId,
        event.organizationId,
        {
          sessionId,
          eventId: event.eventId,
          venueId: event.venueId,
          timeZone: venue.timeZone,
          ...rest,
          ...(maxHoldsPerCustomer !== undefined && { maxHoldsPerCustomer }),
          ticketTypes: withIds(sessionId, ticketTypes, 'new'),
          status: 'draft' as const,
        },
        request,
      );
      const touched = touchEvent(event.eventId, 'session.created', request);
      if (!('update' in touched)) throw new Error('unreachable');
      const created = await table.transact([
        { put: item as Item, when: absent },
        {
          update: touched.update,
          by: {
            ...touched.by,
            update: `${touched.by.update}, #sessionIds = list_append(#sessionIds, :sessionIds)`,
            condition: 'attribute_exists(pk) AND #status <> :cancelled AND size(#sessionIds) < :max',
            names: { ...touched.by.names, '#sessionIds': 'sessionIds', '#status': 'status' },
            values: {
              ...touched.by.values,
              ':sessionIds': [sessionId],
              ':cancelled': 'cancelled',
              ':max': maxSessions,
            },
          },
        },
      ]);
      if (created.written) return ok(201, sessionView(item), { etag: etagOf(1) });
      const old = created.refusals.find(({ index }) => index === 0)?.old as SessionItem | undefined;
      if (old !== undefined) return answerAgain(old);
      const now = await events.get(event.eventId);
      return now?.status === 'cancelled'
        ? notAllowed('cancelled', eventTransitions.cancelled)
        : problem('IN_USE', { detail: `An event has ${maxSessions} sessions at most; begin another event.` });
    },

    async updateSession(request) {
      const { entity: session } = request.resource;
      const { status, ticketTypes, saleTerms = [], maxHoldsPerCustomer, rsvp, ...fields } = request.body;
      const command = commandOf(session.status, status);
      const allowed = sessionTransitions[session.status];
      const nextStatus = allowed[command];
      if (nextStatus === undefined || (ticketTypes !== undefined && session.status !== 'draft')) {
        return notAllowed(session.status, allowed);
      }
      const venue = ticketTypes === undefined ? undefined : await venues.get(session.venueId);
      const types =
        ticketTypes === undefined
          ? session.ticketTypes
          : withIds(session.sessionId, ticketTypes, String(request.ifMatchRevision));
      const terms = changeSaleTerms(types, saleTerms);
      const faults = [
        ...timeFaults(
          {
            startsAt: fields.startsAt ?? session.startsAt,
            endsAt: fields.endsAt ?? session.endsAt,
            holdSeconds: fields.holdSeconds ?? session.holdSeconds,
          },
          bounds,
        ),
        ...(ticketTypes === undefined ? [] : ticketTypeFaults(ticketTypes, venue?.plan?.categories)),
        ...(terms.ok
          ? rsvpFaults(rsvp === undefined ? session.rsvp : (rsvp ?? undefined), terms.types)
          : terms.faults),
        ...(command === 'reschedule' ? pastFaults(fields.startsAt ?? session.startsAt, request.now) : []),
      ];
      if (!terms.ok || faults.length > 0) return validationProblem(faults);

      const changes: Record<string, unknown> = {
        ...fields,
        status: nextStatus,
        ...((ticketTypes !== undefined || saleTerms.length > 0) && { ticketTypes: terms.types }),
      };
      if (maxHoldsPerCustomer !== undefined)
        changes['maxHoldsPerCustomer'] = maxHoldsPerCustomer ?? undefined;
      if (rsvp !== undefined) changes['rsvp'] = rsvp ?? undefined;
      const changed = await table.transact([
        {
          update: keyOf('SESSION', session.sessionId),
          by: changeAt(request.ifMatchRevision, changes, `session.${command}`, request),
        },
        touchEvent(session.eventId, 'session.updated', request),
      ]);
      if (!changed.written) return problem('PRECONDITION_FAILED');
      const item = {
        ...session,
        ...changes,
        revision: request.ifMatchRevision + 1,
        updatedAt: request.now.toISOString(),
      } as SessionItem;
      return ok(200, sessionView(item), { etag: etagOf(item.revision) });
    },

    async deleteSession(request) {
      const { entity: session } = request.resource;
      const allowed = sessionTransitions[session.status];
      if (allowed.delete === undefined) return notAllowed(session.status, allowed);
      const event = await events.get(session.eventId);
      if (event === undefined) throw new Error(`Session ${session.sessionId} has no event`);
      const sessionIds = event.sessionIds.filter((id) => id !== session.sessionId);
      const deleted = await table.transact([
        { delete: keyOf('SESSION', session.sessionId), when: atRevision(session.revision) },
        {
          update: keyOf('EVENT', event.eventId),
          by: changeAt(event.revision, { sessionIds }, 'session.deleted', request),
        },
      ]);
      return deleted.written
        ? noContent()
        : problem('PRECONDITION_FAILED', { detail: 'It changed just now; delete again.' });
    },

    async cancelSession(request) {
      const { entity: session } = request.resource;
      if (session.status === 'cancelled')
        return ok(200, sessionView(session), { etag: etagOf(session.revision) });
      const cancelled = await table.transact([
        {
          update: keyOf('SESSION', session.sessionId),
          by: changeAt(session.revision, { status: 'cancelled' }, 'session.cancelled', request),
        },
        touchEvent(session.eventId, 'session.cancelled', request),
      ]);
      if (!cancelled.written)
        return problem('PRECONDITION_FAILED', { detail: 'It changed just now; cancel again.' });
      const item = (await sessions.get(session.sessionId)) ?? session;
      return ok(200, sessionView(item), { etag: etagOf(item.revision) });
    },
  };
};

/** What a PATCH with this status asks for. */
const commandOf = (
  current: SessionItem['status'],
  asked: 'postponed' | 'published' | undefined,
): SessionCommand => {
  if (asked === undefined || asked === current) return 'update';
  return asked === 'postponed' ? 'postpone' : 'reschedule';
};
