import { ok, problem } from '../../platform/answer.ts';
import { encodeCursor } from '../../platform/cursor.ts';
import { etagOf } from '../../platform/etag.ts';
import { invalidCursor } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { linkToNext, positionOf } from '../list-cursor.ts';
import type { SessionLoaders } from '../organizer-queries.ts';
import type { Rsvp } from './rsvp.ts';
import type { rsvpQueryRoutes } from './rsvp-query-routes.ts';
import { type Rsvps, rsvpListKey } from './rsvp-store.ts';
import { rsvpView } from './rsvp-view.ts';

/** Answers of one part of the CSV, and of one read of the list. */
const partSize = 1_000;
const batchSize = 100;

export const rsvpQueries = (rsvps: Rsvps): Handlers<typeof rsvpQueryRoutes, SessionLoaders> => ({
  async getRsvp({ params }) {
    const rsvp = await rsvps.get(params.rsvpId);
    return rsvp === undefined
      ? problem('NOT_FOUND')
      : ok(200, rsvpView(rsvp), { etag: etagOf(rsvp.revision) });
  },

  async listRsvps({ params: { sessionId }, query: { limit, cursor } }) {
    const from = positionOf(cursor, rsvpListKey(sessionId), 'RSVP#');
    if (!from.ok) return invalidCursor();
    const page = await rsvps.ofSession(sessionId, { limit, from: from.from });
    const nextCursor = encodeCursor(page.next);
    return ok(200, {
      items: page.rsvps.map(rsvpView),
      ...(nextCursor !== undefined && { nextCursor }),
    });
  },

  async countRsvps({ params }) {
    return ok(200, await rsvps.count(params.sessionId));
  },

  async exportRsvps({ params: { sessionId }, query: { cursor } }) {
    const from = positionOf(cursor, rsvpListKey(sessionId), 'RSVP#');
    if (!from.ok) return invalidCursor();
    const found: Rsvp[] = [];
    let next = from.from;
    for (let read = 0; read < partSize; read += batchSize) {
      const page = await rsvps.ofSession(sessionId, { limit: batchSize, from: next });
      found.push(...page.rsvps);
      next = page.next;
      if (next === undefined) break;
    }
    const { rsvpsCsv } = await import('./rsvps-csv.ts');
    return ok(200, rsvpsCsv(found, { isFirst: cursor === undefined }), {
      headers: {
        'Content-Disposition': `attachment; filename="rsvps-${sessionId}.csv"`,
        ...linkToNext(next),
      },
    });
  },
});
