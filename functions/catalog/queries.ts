import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openAvailability } from '../ticketing/contracts.ts';
import { catalogQueries } from './catalog-queries.ts';
import { catalogQueriesEnvironment } from './environment.ts';
import { openEventPages } from './event-page.ts';
import { catalogQueryLoaders } from './loaders.ts';
import { catalogQueryRoutes } from './routes.ts';

const environment = readEnvironment(catalogQueriesEnvironment);
const table = openTable(environment.CATALOG_TABLE);

export const handler = serve({
  routes: catalogQueryRoutes,
  handlers: catalogQueries(table, openAvailability(environment.TICKETING_TABLE, environment.PLANS_BUCKET)),
  loaders: catalogQueryLoaders(table, openEventPages(table)),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
