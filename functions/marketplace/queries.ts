import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { marketplaceQueriesEnvironment } from './environment.ts';
import { feedQueries } from './feeds/feed-queries.ts';
import { importQueries } from './feeds/import-queries.ts';
import { reviewQueries } from './leads/reviews-api.ts';
import { marketplaceLoaders } from './loaders.ts';
import { marketplaceQueries } from './marketplace-queries.ts';
import { marketplaceQueryRoutes } from './routes.ts';

const environment = readEnvironment(marketplaceQueriesEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: marketplaceQueryRoutes,
  handlers: {
    ...marketplaceQueries(table),
    ...reviewQueries(table),
    ...feedQueries(table),
    ...importQueries(table),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
