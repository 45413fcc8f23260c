import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { identityQueriesEnvironment } from './environment.ts';
import { openMemberships } from './membership-store.ts';
import { organizationQueries } from './organizations-api.ts';
import { identityQueryRoutes } from './routes.ts';

const environment = readEnvironment(identityQueriesEnvironment);

export const handler = serve({
  routes: identityQueryRoutes,
  handlers: organizationQueries(openMemberships(openTable(environment.IDENTITY_TABLE))),
  guard: async () => (await import('./contracts.ts')).identityGuard(),
});
