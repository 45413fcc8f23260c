import { ok } from '../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { etagOf } from '../platform/etag.ts';
import { listOwned } from '../platform/owned-answers.ts';
import { openOwned } from '../platform/owned-item.ts';
import { invalidCursor } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import type { Item, Table } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import type { Blackout } from './calendar/blackout.ts';
import { blockedBy, type CalendarEntry, type Conflict, freeWindows, isLive } from './calendar/calendar.ts';
import { blackoutPrefix, blackoutView } from './calendar/calendar-api.ts';
import { entriesIn, judgedBy } from './calendar/calendar-month.ts';
import { readCalendar } from './calendar/calendar-store.ts';
import { type Interval, overlaps } from './calendar/interval.ts';
import { readStanding } from './leads/truck-standing.ts';
import type { MarketplaceLoaders } from './loaders.ts';
import { photoView } from './photos/photo-view.ts';
import type { marketplaceQueryRoutes } from './routes.ts';
import { servesPlace } from './service-area.ts';
import { type Menu, menuKey, type TruckItem } from './truck.ts';
import { rulesOf, setupOf } from './truck-rules.ts';
import { intervalView, ownTruckView, toInterval, truckView } from './views.ts';

type Queries = Handlers<typeof marketplaceQueryRoutes, MarketplaceLoaders>;

/** What takes a truck’s time within a window, as everybody may see it: neither whose nor where. */
const busyView = (
  entries: readonly CalendarEntry[],
  closed: readonly Interval[],
  window: Interval,
  now: number,
) => {
  const recurring = closed.map((interval) => ({
    shown: interval,
    blocked: interval,
    kind: 'blackout' as const,
  }));
  return [...entries.filter((entry) => isLive(entry, now)), ...recurring]
    .filter(({ blocked }) => overlaps(blocked, window))
    .sort((one, other) => one.blocked.from - other.blocked.from)
    .map(({ shown, blocked, kind }: { shown: Interval; blocked: Interval; kind: Conflict['kind'] }) => ({
      ...intervalView(shown),
      kind,
      blocked: intervalView(blocked),
    }));
};

export const marketplaceQueries = (
  table: Table,
): Pick<Queries, 'getTruck' | 'listTrucks' | 'listPhotos' | 'getAvailability' | 'listBlackouts'> => ({
  async getTruck({ resource: { entity } }) {
    const { truckId, revision } = entity;
    const [menu, { standing, tag }] = await Promise.all([
      table.get<Menu>(menuKey(truckId)),
      readStanding(table, truckId),
    ]);
    return ok(
      200,
      { ...truckView(entity), menu: menu?.items ?? [], ...standing },
      { etag: etagOf(revision, tag) },
    );
  },

  async listPhotos({ resource: { entity } }) {
    return ok(200, { photos: (entity.photos ?? []).map(photoView) }, { etag: etagOf(entity.revision) });
  },

  listTrucks: listOwned(openOwned<TruckItem>(table, 'TRUCK'), 'TRUCK', ownTruckView),

  async getAvailability({ resource: { entity: truck }, query, now }) {
    const window = toInterval(query);
    const { lat, lon } = query;
    const place = lat === undefined || lon === undefined ? undefined : { lat, lon };
    const isServed = place === undefined || servesPlace(truck.serviceArea, truck.home, place);
    const read = judgedBy(blockedBy(setupOf(truck), window));
    const rules = await rulesOf(truck, read);
    const { months } = await readCalendar(table, truck.truckId, read, { consistent: false });
    const entries = entriesIn(months);
    const moment = epochSeconds(now);
    return ok(200, {
      free: isServed ? freeWindows(entries, rules, place, window, moment).map(intervalView) : [],
      busy: busyView(entries, rules.closed, window, moment),
    });
  },

  async listBlackouts({ params: { truckId }, query: { limit, cursor } }) {
    const pk = `TRUCK#${truckId}`;
    const from = decodeCursor(cursor, { pk }, { sk: blackoutPrefix });
    if (!from.ok) return invalidCursor();
    const page = await table.query<Item & Blackout>({
      pk,
      skPrefix: blackoutPrefix,
      limit,
      ...(from.from !== undefined && { from: from.from }),
    });
    const nextCursor = encodeCursor(page.next);
    return ok(200, {
      items: page.items.map(({ blackoutId, from: begins, to, reason }) =>
        blackoutView({ blackoutId, from: begins, to, reason }),
      ),
      ...(nextCursor !== undefined && { nextCursor }),
    });
  },
});
