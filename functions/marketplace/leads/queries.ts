import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { marketplaceQueriesEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { leadQueries } from './lead-queries.ts';
import { leadQueryRoutes } from './routes.ts';

const environment = readEnvironment(marketplaceQueriesEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: leadQueryRoutes,
  handlers: leadQueries(table),
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
});
