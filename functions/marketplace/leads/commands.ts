import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { leadsCommandsEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { briefCommands } from './briefs-api.ts';
import { leadCommands } from './leads-api.ts';
import { messageCommands } from './messages-api.ts';
import { reviewCommands } from './reviews-api.ts';
import { leadCommandRoutes } from './routes.ts';
import { leadStepCommands } from './steps-api.ts';

const environment = readEnvironment(leadsCommandsEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: leadCommandRoutes,
  handlers: {
    ...briefCommands(table),
    ...leadCommands(table),
    ...leadStepCommands(table, { completesEarly: environment.LEADS_COMPLETE_EARLY }),
    ...messageCommands(table, environment.OBJECTS_BUCKET),
    ...reviewCommands(table),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
