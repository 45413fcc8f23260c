import { openEventReader } from '../catalog/contracts.ts';
import { readEnvironment } from '../platform/environment.ts';
import type { Handlers } from '../platform/route.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { ordersQueriesEnvironment } from './environment.ts';
import { openOrders } from './order-store.ts';
import { orderQueries } from './orders-api.ts';
import { promoCodeQueries } from './promo-codes-api.ts';
import { openPromoCodes } from './promo-store.ts';
import { type orderQueryRoutes, ordersQueryRoutes } from './routes.ts';

const environment = readEnvironment(ordersQueriesEnvironment);
const table = openTable(environment.ORDERS_TABLE);

const loaders = { event: openEventReader(openTable(environment.CATALOG_TABLE)).event };
type LoadersOfAll = typeof loaders;

export const handler = serve<typeof ordersQueryRoutes, LoadersOfAll>({
  routes: ordersQueryRoutes,
  handlers: {
    ...(orderQueries(openOrders(table)) as unknown as Handlers<typeof orderQueryRoutes, LoadersOfAll>),
    ...promoCodeQueries(openPromoCodes(table)),
  },
  loaders,
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
