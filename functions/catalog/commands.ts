import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { catalogCommandsEnvironment } from './environment.ts';
import { eventCommands } from './events-api.ts';
import { catalogLoaders } from './loaders.ts';
import { performerCommands } from './performers-api.ts';
import { catalogCommandRoutes } from './routes.ts';
import { sessionCommands } from './sessions-api.ts';
import { venueCommands } from './venues-api.ts';

const environment = readEnvironment(catalogCommandsEnvironment);
const table = openTable(environment.CATALOG_TABLE);

export const handler = serve({
  routes: catalogCommandRoutes,
  handlers: {
    ...venueCommands(table, environment.PLANS_BUCKET),
    ...performerCommands(table),
    ...eventCommands(table),
    ...sessionCommands(table, {
      minHoldSeconds: environment.MIN_HOLD_SECONDS,
      maxHoldSeconds: environment.MAX_HOLD_SECONDS,
    }),
  },
  loaders: catalogLoaders(table),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
