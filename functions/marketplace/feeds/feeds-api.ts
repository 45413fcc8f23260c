import { noContent, ok } from '../../platform/answer.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceCommandRoutes } from '../routes.ts';
import { feedKey } from './feed-store.ts';
import { feedTokenHash, newFeedToken } from './feed-token.ts';

type Commands = Handlers<typeof marketplaceCommandRoutes, MarketplaceLoaders>;

export const feedCommands = (table: Table): Pick<Commands, 'createCalendarFeed' | 'deleteCalendarFeed'> => ({
  async createCalendarFeed(request) {
    const { truckId } = request.params;
    const token = newFeedToken();
    // Whatever was there is replaced: of two who renew at once, the later one’s address lives.
    await table.put(
      {
        ...feedKey(truckId),
        tokenHash: feedTokenHash(token),
        change: stamp('calendar_feed.renewed', request),
      },
      {},
    );
    return ok(201, { path: `/trucks/${truckId}/feeds/${token}/calendar.ics` });
  },

  async deleteCalendarFeed({ params: { truckId } }) {
    await table.delete(feedKey(truckId), {});
    return noContent();
  },
});
