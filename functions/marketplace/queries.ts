import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { truckQueriesEnvironment } from './environment.ts';
import { feedQueries } from './feeds/feed-queries.ts';
import { importQueries } from './feeds/import-queries.ts';
import { reviewQueries } from './leads/reviews-api.ts';
import { marketplaceLoaders } from './loaders.ts';
import { marketplaceQueries } from './marketplace-queries.ts';
import { marketplaceQueryRoutes } from './routes.ts';
import { verificationQueries } from './verification/verification-queries.ts';

const environment = readEnvironment(truckQueriesEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: marketplaceQueryRoutes,
  handlers: {
    ...marketplaceQueries(table),
    ...verificationQueries(table, environment.OBJECTS_BUCKET),
    ...reviewQueries(table),
    ...feedQueries(table),
    ...importQueries(table),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
