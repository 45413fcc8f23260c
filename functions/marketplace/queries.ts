import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { truckQueriesEnvironment } from './environment.ts';
import { feedQueries } from './feeds/feed-queries.ts';
import { importQueries } from './feeds/import-queries.ts';
import { marketplaceLoaders } from './loaders.ts';
import { marketplaceQueries } from './marketplace-queries.ts';
import { marketplaceQueryRoutes } from './routes.ts';

const environment = readEnvironment(truckQueriesEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);
// Few read on from a truck’s page to its reviews: not at a cold start.
const reviews = async () => (await import('./reviews/reviews-api.ts')).reviewQueries(table);
// Papers are for their organization and admins.
const verifications = async () =>
  (await import('./verification/verification-queries.ts')).verificationQueries(
    table,
    environment.OBJECTS_BUCKET,
  );

export const handler = serve({
  routes: marketplaceQueryRoutes,
  handlers: {
    ...marketplaceQueries(table),
    getVerification: async (request) => (await verifications()).getVerification(request),
    listVerifications: async (request) => (await verifications()).listVerifications(request),
    listTruckReviews: async (request) => (await reviews()).listTruckReviews(request),
    ...feedQueries(table),
    ...importQueries(table),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
