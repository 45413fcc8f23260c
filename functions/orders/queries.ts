import { openEventReader } from '../catalog/event-contracts.ts';
import { openTestProvider } from '../payments/test-provider-contracts.ts';
import { readEnvironment } from '../platform/environment.ts';
import type { Handlers } from '../platform/route.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { ordersQueriesEnvironment } from './environment.ts';
import { openOrders } from './order-store.ts';
import { orderQueries } from './orders-api.ts';
import type { organizerQueryRoutes } from './organizer-routes.ts';
import { promoCodeQueries } from './promo-codes-api.ts';
import type { promoQueryRoutes } from './promo-routes.ts';
import { openPromoCodes } from './promo-store.ts';
import { ordersQueryRoutes } from './query-routes.ts';
import type { orderQueryRoutes } from './routes.ts';
import { rsvpQueries } from './rsvps/rsvp-queries.ts';
import type { rsvpQueryRoutes } from './rsvps/rsvp-query-routes.ts';
import { openRsvps } from './rsvps/rsvp-store.ts';
import { testPaymentQueries } from './test-payment-api.ts';
import type { testPaymentRoutes } from './test-payment-routes.ts';

const environment = readEnvironment(ordersQueriesEnvironment);
const table = openTable(environment.ORDERS_TABLE);
const orders = openOrders(table);
const testProvider = openTestProvider(table, () => epochSeconds(new Date()));

const { event, session } = openEventReader(openTable(environment.CATALOG_TABLE));
const loaders = { event, session };
type LoadersOfAll = typeof loaders;

/** What organizers come for is loaded when they come. */
const organizer = async () => {
  const { organizerQueries } = await import('./organizer-queries.ts');
  // It knows the loader of its own routes only.
  return organizerQueries(orders, table) as unknown as Handlers<typeof organizerQueryRoutes, LoadersOfAll>;
};

export const handler = serve<typeof ordersQueryRoutes, LoadersOfAll>({
  routes: ordersQueryRoutes,
  handlers: {
    ...(orderQueries(orders) as unknown as Handlers<typeof orderQueryRoutes, LoadersOfAll>),
    ...(testPaymentQueries(orders, testProvider) as unknown as Handlers<
      typeof testPaymentRoutes,
      LoadersOfAll
    >),
    ...(promoCodeQueries(openPromoCodes(table)) as unknown as Handlers<
      typeof promoQueryRoutes,
      LoadersOfAll
    >),
    ...(rsvpQueries(openRsvps(table)) as unknown as Handlers<typeof rsvpQueryRoutes, LoadersOfAll>),
    listOrders: async (request) => (await organizer()).listOrders(request),
    exportOrders: async (request) => (await organizer()).exportOrders(request),
    getCancellation: async (request) => (await organizer()).getCancellation(request),
  },
  loaders,
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
