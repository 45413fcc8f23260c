import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { calendarCommands } from './calendar/calendar-api.ts';
import { truckCommandsEnvironment } from './environment.ts';
import { feedCommands } from './feeds/feeds-api.ts';
import { importCommands } from './feeds/imports-api.ts';
import { marketplaceLoaders } from './loaders.ts';
import { photoCommands } from './photos/photos-api.ts';
import { marketplaceCommandRoutes } from './routes.ts';
import { truckCommands } from './trucks-api.ts';
import { verificationCommands } from './verification/verification-api.ts';

const environment = readEnvironment(truckCommandsEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

export const handler = serve({
  routes: marketplaceCommandRoutes,
  handlers: {
    ...truckCommands(table),
    ...calendarCommands(table),
    ...feedCommands(table),
    ...importCommands(table),
    ...photoCommands(table, environment.OBJECTS_BUCKET),
    ...verificationCommands(table, environment.OBJECTS_BUCKET),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
