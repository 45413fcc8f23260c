import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { marketplaceCommandsEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { briefCommands } from './briefs-api.ts';
import { leadCommands } from './leads-api.ts';
import { leadCommandRoutes } from './routes.ts';

const environment = readEnvironment(marketplaceCommandsEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: leadCommandRoutes,
  handlers: { ...briefCommands(table), ...leadCommands(table) },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
