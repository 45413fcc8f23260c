import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { leadsQueriesEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { leadQueries } from './lead-queries.ts';
import { messageQueries } from './messages-api.ts';
import { leadQueryRoutes } from './routes.ts';

const environment = readEnvironment(leadsQueriesEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: leadQueryRoutes,
  handlers: {
    ...leadQueries(table),
    ...messageQueries(table, environment.OBJECTS_BUCKET, { masksContacts: environment.MASK_CONTACTS }),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
});
