import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { ticketingQueriesEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { ticketingQueryRoutes } from './routes.ts';
import { openSales } from './sales.ts';
import { ticketingQueries } from './seats-api.ts';

const environment = readEnvironment(ticketingQueriesEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));

export const handler = serve({
  routes: ticketingQueryRoutes,
  handlers: ticketingQueries(store, openPictures(store), openSales(store, environment.PLANS_BUCKET)),
});
