import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { ordersQueriesEnvironment } from './environment.ts';
import { openOrders } from './order-store.ts';
import { orderQueries } from './orders-api.ts';
import { ordersQueryRoutes } from './routes.ts';

const environment = readEnvironment(ordersQueriesEnvironment);

export const handler = serve({
  routes: ordersQueryRoutes,
  handlers: orderQueries(openOrders(openTable(environment.ORDERS_TABLE))),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
