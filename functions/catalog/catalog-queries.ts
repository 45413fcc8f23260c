import { ok } from '../platform/answer.ts';
import { etagOf } from '../platform/etag.ts';
import { listOwned } from '../platform/owned-answers.ts';
import { openOwned } from '../platform/owned-item.ts';
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
    listVenues: listOwned(openOwned<VenueItem>(table, 'VENUE'), 'VENUE', venueView),
    listPerformers: listOwned(openOwned<PerformerItem>(table, 'PERFORMER'), 'PERFORMER', performerView),
    listEvents: listOwned(openOwned<EventItem>(table, 'EVENT'), 'EVENT', eventView),

    async getEvent({ resource: { entity: page } }) {
      const sessionIds = page.sessions
        .filter((session) => session.status !== 'draft')
        .map((session) => session.sessionId);
      const view = eventPageView(page, await availabilityOf(sessionIds));
      return ok(200, view, { etag: etagOf(page.event.revision, pageDetail(view)) });
    },
  };
};
