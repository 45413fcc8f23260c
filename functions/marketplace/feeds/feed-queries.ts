import { ok, problem } from '../../platform/answer.ts';
import { shortHash } from '../../platform/ids.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { entriesIn } from '../calendar/calendar-month.ts';
import { readCalendar } from '../calendar/calendar-store.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceQueryRoutes } from '../routes.ts';
import { readFeed } from './feed-store.ts';
import { isFeedToken } from './feed-token.ts';

type Queries = Handlers<typeof marketplaceQueryRoutes, MarketplaceLoaders>;

/** Kept by the subscriber alone, who asks each time whether it is still so: a renewed address dies at once. */
const cacheControl = 'private, no-cache';

export const feedQueries = (table: Table): Pick<Queries, 'getCalendarFeed'> => ({
  async getCalendarFeed({ params: { truckId, feedToken }, now }) {
    const feed = await readFeed(table, truckId);
    if (feed === undefined || !isFeedToken(feedToken, feed.tokenHash)) return problem('NOT_FOUND');
    const { truckCalendar, feedHorizon } = await import('./truck-calendar.ts');
    const moment = epochSeconds(now);
    const { months } = await readCalendar(table, truckId, feedHorizon(moment), { consistent: false });
    const text = truckCalendar(feed.truck, entriesIn(months), moment);
    const headers = { 'Content-Disposition': 'inline; filename="calendar.ics"' };
    return ok(200, text, { etag: `"${shortHash(text)}"`, cacheControl, headers });
  },
});
