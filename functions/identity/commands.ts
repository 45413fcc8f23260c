import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { identityCommandsEnvironment } from './environment.ts';
import { openMemberships } from './membership-store.ts';
import { organizationCommands } from './organizations-api.ts';
import { identityCommandRoutes } from './routes.ts';

const environment = readEnvironment(identityCommandsEnvironment);

export const handler = serve({
  routes: identityCommandRoutes,
  handlers: organizationCommands(openMemberships(openTable(environment.IDENTITY_TABLE))),
  guard: async () => (await import('./contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
