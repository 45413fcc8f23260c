import { organizerQueryRoutes } from './organizer-routes.ts';
import { promoQueryRoutes } from './promo-routes.ts';
import { orderQueryRoutes } from './routes.ts';
import { rsvpQueryRoutes } from './rsvps/rsvp-query-routes.ts';
import { testPaymentRoutes } from './test-payment-routes.ts';

/** All that orders-queries serves; in a file of its own, so that orders-commands does not load it. */
export const ordersQueryRoutes = {
  ...orderQueryRoutes,
  ...testPaymentRoutes,
  ...promoQueryRoutes,
  ...organizerQueryRoutes,
  ...rsvpQueryRoutes,
};
