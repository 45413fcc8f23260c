import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { truckCommandsEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { messageCommands } from './messages-api.ts';
import { reviewCommands } from './reviews-api.ts';
import { leadMessageRoutes } from './routes.ts';

const environment = readEnvironment(truckCommandsEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

/** A function of its own: asking trucks needs no right to what is attached to messages. */
export const handler = serve({
  routes: leadMessageRoutes,
  handlers: { ...messageCommands(table, environment.OBJECTS_BUCKET), ...reviewCommands(table) },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
