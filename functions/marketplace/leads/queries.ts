import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { leadsQueriesEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { messageQueries } from '../messages/messages-api.ts';
import { leadQueries } from './lead-queries.ts';
import { leadQueryRoutes } from './routes.ts';

const environment = readEnvironment(leadsQueriesEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);
const settings = { masksContacts: environment.MASK_CONTACTS };

// Many briefs are for no event: the counts of sales are loaded when one is.
const openSales = async () => {
  const [{ openEventSales }, { openAvailability }, { readOccasion }] = await Promise.all([
    import('../event-food/event-sales.ts'),
    import('../../ticketing/contracts.ts'),
    import('../../catalog/occasion-contracts.ts'),
  ]);
  const catalog = openTable(environment.CATALOG_TABLE);
  const soldOf = openEventSales(openAvailability(environment.TICKETING_TABLE, environment.PLANS_BUCKET));
  return async (eventId: string, sessionId: string | undefined) => {
    const occasion = await readOccasion(catalog, eventId);
    return occasion && soldOf(occasion, sessionId);
  };
};
let sales: ReturnType<typeof openSales> | undefined;

export const handler = serve({
  routes: leadQueryRoutes,
  handlers: {
    ...leadQueries(
      table,
      async (eventId, sessionId) => {
        sales ??= openSales();
        return (await sales)(eventId, sessionId);
      },
      settings,
    ),
    ...messageQueries(table, environment.OBJECTS_BUCKET, settings),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
});
