import { ok } from '../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { etagOf } from '../platform/etag.ts';
import { type OwnedItem, openOwned, organizationIndex, organizationListKey } from '../platform/owned-item.ts';
import { validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import type { Table } from '../platform/table.ts';
import { eventPageView, pageDetail, type SessionAvailability } from './event-page.ts';
import type { EventItem, PerformerItem, VenueItem } from './items.ts';
import type { CatalogQueryLoaders } from './loaders.ts';
import type { catalogQueryRoutes } from './routes.ts';
import { eventView, performerView, sessionView, venueView } from './views.ts';

/** Reads of the catalog. `availabilityOf` is ticketing’s word on what is left, two seconds old at most. */
export const catalogQueries = (
  table: Table,
  availabilityOf: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, SessionAvailability>>,
): Handlers<typeof catalogQueryRoutes, CatalogQueryLoaders> => {
  const listOf =
    <T extends OwnedItem, View>(kind: string, view: (item: T) => View) =>
    async (request: {
      organizationId: string | undefined;
      query: { limit: number; cursor?: string | undefined };
    }) => {
      const organizationId = request.organizationId ?? '';
      const { limit, cursor } = request.query;
      const from = decodeCursor(cursor, organizationIndex.pk, organizationListKey(organizationId, kind));
      if (!from.ok) {
        return validationProblem([
          { in: 'query', pointer: '/cursor', code: 'INVALID_CURSOR', detail: 'Not a cursor of this list.' },
        ]);
      }
      const page = await openOwned<T>(table, kind).list(organizationId, limit, from.from);
      const nextCursor = encodeCursor(page.next);
      return ok(200, { items: page.items.map(view), ...(nextCursor !== undefined && { nextCursor }) });
    };

  return {
    async getVenue({ resource: { entity } }) {
      return ok(200, venueView(entity), { etag: etagOf(entity.revision) });
    },
    async getPerformer({ resource: { entity } }) {
      return ok(200, performerView(entity), { etag: etagOf(entity.revision) });
    },
    async getSession({ resource: { entity } }) {
      return ok(200, sessionView(entity), { etag: etagOf(entity.revision) });
    },
    listVenues: listOf<VenueItem, ReturnType<typeof venueView>>('VENUE', venueView),
    listPerformers: listOf<PerformerItem, ReturnType<typeof performerView>>('PERFORMER', performerView),
    listEvents: listOf<EventItem, ReturnType<typeof eventView>>('EVENT', eventView),

    async getEvent({ resource: { entity: page } }) {
      const sessionIds = page.sessions
        .filter((session) => session.status !== 'draft')
        .map((session) => session.sessionId);
      const view = eventPageView(page, await availabilityOf(sessionIds));
      return ok(200, view, { etag: etagOf(page.event.revision, pageDetail(view)) });
    },
  };
};
