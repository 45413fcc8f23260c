import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { truckCommandsEnvironment } from '../environment.ts';
import { leadMessageRoutes } from '../leads/routes.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { reviewCommands } from '../reviews/reviews-api.ts';
import { messageCommands } from './messages-api.ts';

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
