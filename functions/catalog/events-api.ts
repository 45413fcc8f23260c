import { noContent, ok, type Problem, problem } from '../platform/answer.ts';
import { etagOf } from '../platform/etag.ts';
import { changeAt, keyOf, newItem, openOwned } from '../platform/owned-item.ts';
import { validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import { absent, atRevision, type Item, type Table } from '../platform/table.ts';
import { decidePublish, type EventCommand, eventTransitions } from './event.ts';
import type { EventItem, VenueItem } from './items.ts';
import type { CatalogLoaders } from './loaders.ts';
import type { catalogCommandRoutes } from './routes.ts';
import { readSessions } from './session-store.ts';
import { countUse } from './uses.ts';
import { eventView } from './views.ts';

type Commands = Handlers<typeof catalogCommandRoutes, CatalogLoaders>;

/** Steps that the platform takes by itself. */
const ownSteps: readonly string[] = ['built', 'emptied', 'inventoryBuilt'];

/** TRANSITION_NOT_ALLOWED with what a caller can do in that status. */
export const notAllowed = (status: string, allowed: Readonly<Record<string, unknown>>): Problem =>
  problem('TRANSITION_NOT_ALLOWED', {
    members: {
      currentStatus: status,
      allowed: Object.keys(allowed).filter((command) => !ownSteps.includes(command)),
    },
  });

const refusal = (event: EventItem, command: EventCommand): Problem | undefined =>
  eventTransitions[event.status][command] === undefined
    ? notAllowed(event.status, eventTransitions[event.status])
    : undefined;

export const eventCommands = (
  table: Table,
): Pick<Commands, 'createEvent' | 'updateEvent' | 'deleteEvent' | 'publishEvent' | 'cancelEvent'> => {
  const events = openOwned<EventItem>(table, 'EVENT');

  return {
    async createEvent(request) {
      const { organizationId = '', description, performerIds: named, ...fields } = request.body;
      const performerIds = [...new Set(named)];
      const eventId = request.newId('evt');
      const item: EventItem = newItem(
        'EVENT',
        eventId,
        organizationId,
        {
          eventId,
          ...fields,
          ...(description !== undefined && { description }),
          performerIds,
          sessionIds: [],
          status: 'draft' as const,
        },
        request,
      );
      const created = await table.transact([
        { put: item as Item, when: absent },
        countUse('VENUE', fields.venueId, 1, organizationId),
        ...performerIds.map((id) => countUse('PERFORMER', id, 1, organizationId)),
      ]);
      if (created.written) return ok(201, eventView(item), { etag: etagOf(1) });
      const old = created.refusals.find((refused) => refused.index === 0)?.old as EventItem | undefined;
      if (old !== undefined) {
        return isReplay(old, request)
          ? ok(201, eventView(old), { etag: etagOf(old.revision), replayed: true })
          : problem('IDEMPOTENCY_KEY_REUSED');
      }
      return validationProblem(
        created.refusals.map(({ index }) => ({
          in: 'body' as const,
          pointer: index === 1 ? '/venueId' : `/performerIds/${named.indexOf(performerIds[index - 2] ?? '')}`,
          code: 'UNKNOWN_REFERENCE',
          detail: 'The organization has no such thing.',
        })),
      );
    },

    async updateEvent(request) {
      const { entity: event } = request.resource;
      const refused = refusal(event, 'update');
      if (refused !== undefined) return refused;
      const { performerIds: named, ...fields } = request.body;
      const performerIds = named && [...new Set(named)];
      const added = performerIds?.filter((id) => !event.performerIds.includes(id)) ?? [];
      const removed =
        performerIds === undefined ? [] : event.performerIds.filter((id) => !performerIds.includes(id));
      const changed = await table.transact([
        {
          update: keyOf('EVENT', event.eventId),
          by: changeAt(
            request.ifMatchRevision,
            { ...fields, ...(performerIds !== undefined && { performerIds }) },
            'event.updated',
            request,
          ),
        },
        ...added.map((id) => countUse('PERFORMER', id, 1, event.organizationId)),
        ...removed.map((id) => countUse('PERFORMER', id, -1, event.organizationId)),
      ]);
      if (!changed.written) {
        if (changed.refusals.some(({ index }) => index === 0)) return problem('PRECONDITION_FAILED');
        return validationProblem(
          changed.refusals.map(({ index }) => ({
            in: 'body' as const,
            pointer: `/performerIds/${named?.indexOf(added[index - 1] ?? '') ?? 0}`,
            code: 'UNKNOWN_REFERENCE',
            detail: 'The organization has no such performer.',
          })),
        );
      }
      const item = {
        ...event,
        ...(fields as Partial<EventItem>),
        ...(performerIds !== undefined && { performerIds }),
        revision: request.ifMatchRevision + 1,
        updatedAt: request.now.toISOString(),
      };
      return ok(200, eventView(item), { etag: etagOf(item.revision) });
    },

    async deleteEvent(request) {
      const { entity: event } = request.resource;
      const refused = refusal(event, 'delete');
      if (refused !== undefined) return refused;
      if (event.sessionIds.length > 0) return problem('IN_USE', { detail: 'Delete its sessions first.' });
      const deleted = await table.transact([
        { delete: keyOf('EVENT', event.eventId), when: atRevision(event.revision) },
        countUse('VENUE', event.venueId, -1, event.organizationId),
        ...event.performerIds.map((id) => countUse('PERFORMER', id, -1, event.organizationId)),
      ]);
      return deleted.written ? noContent() : problem('PRECONDITION_FAILED');
    },

    async publishEvent(request) {
      const { entity: event } = request.resource;
      const status = eventTransitions[event.status].publish;
      if (status === undefined) return notAllowed(event.status, eventTransitions[event.status]);
      const [sessions, venue] = await Promise.all([
        readSessions(table, event.sessionIds),
        table.get<VenueItem>(keyOf('VENUE', event.venueId), { consistent: true }),
      ]);
      const decision = decidePublish(sessions, venue?.plan?.categories, request.now);
      if (decision.kind === 'refused') {
        return { ...validationProblem(decision.faults), code: 'NOT_PUBLISHABLE' };
      }
      if (decision.kind !== 'publish') {
        return ok(decision.kind === 'published' ? 200 : 202, eventView(event), {
          etag: etagOf(event.revision),
        });
      }
      const change = (revision: number, fields: Record<string, unknown>) =>
        changeAt(revision, fields, 'event.publishing', request);
      const written = await table.transact([
        { update: keyOf('EVENT', event.eventId), by: change(event.revision, { status }) },
        ...sessions
          .filter((session) => decision.sessionIds.includes(session.sessionId))
          .map((session) => ({
            update: keyOf('SESSION', session.sessionId),
            by: change(session.revision, { status: 'publishing', planVersion: venue?.plan?.planVersion }),
          })),
      ]);
      if (!written.written)
        return problem('PRECONDITION_FAILED', { detail: 'It changed just now; publish again.' });
      const item = { ...event, status, revision: event.revision + 1 };
      return ok(202, eventView(item), { etag: etagOf(item.revision) });
    },

    async cancelEvent(request) {
      const { entity: event } = request.resource;
      if (event.status === 'cancelled') return ok(200, eventView(event), { etag: etagOf(event.revision) });
      const sessions = await readSessions(table, event.sessionIds);
      const change = (revision: number) =>
        changeAt(revision, { status: 'cancelled' }, 'event.cancelled', request);
      const cancelled = await table.transact([
        { update: keyOf('EVENT', event.eventId), by: change(event.revision) },
        ...sessions
          .filter((session) => session.status !== 'cancelled')
          .map((session) => ({ update: keyOf('SESSION', session.sessionId), by: change(session.revision) })),
      ]);
      if (!cancelled.written)
        return problem('PRECONDITION_FAILED', { detail: 'It changed just now; cancel again.' });
      const item = (await events.get(event.eventId)) ?? event;
      return ok(200, eventView(item), { etag: etagOf(item.revision) });
    },
  };
};
