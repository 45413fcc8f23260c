import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { ticketingCommandsEnvironment } from './environment.ts';
import { holdCommands } from './holds-api.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { ticketingCommandRoutes } from './routes.ts';
import { openSales } from './sales.ts';

const environment = readEnvironment(ticketingCommandsEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));

export const handler = serve({
  routes: ticketingCommandRoutes,
  handlers: holdCommands(store, openPictures(store), openSales(store, environment.PLANS_BUCKET)),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
