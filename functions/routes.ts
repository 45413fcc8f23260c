import { admissionCommandRoutes, admissionQueryRoutes } from './admission/routes.ts';
import { catalogCommandRoutes, catalogQueryRoutes } from './catalog/routes.ts';
import { identityCommandRoutes, identityQueryRoutes } from './identity/routes.ts';
import {
  leadCommandRoutes,
  leadDepositRoutes,
  leadMessageRoutes,
  leadQueryRoutes,
} from './marketplace/leads/routes.ts';
import {
  marketplaceCommandRoutes,
  marketplacePhotoRoutes,
  marketplaceQueryRoutes,
} from './marketplace/routes.ts';
import { ordersQueryRoutes } from './orders/query-routes.ts';
import { ordersCommandRoutes } from './orders/routes.ts';
import { rsvpCommandRoutes } from './orders/rsvps/rsvp-routes.ts';
import { platformRoutes } from './platform/routes.ts';
import { ticketingCommandRoutes, ticketingQueryRoutes } from './ticketing/routes.ts';

/**
 * The route table: every route of the platform. The router, validation, API Gateway’s resources, the
 * OpenAPI document, the policies and the typed client all come from here.
 */
export const routes = {
  ...platformRoutes,
  ...identityCommandRoutes,
  ...identityQueryRoutes,
  ...catalogCommandRoutes,
  ...catalogQueryRoutes,
  ...ticketingCommandRoutes,
  ...ticketingQueryRoutes,
  ...ordersCommandRoutes,
  ...ordersQueryRoutes,
  ...rsvpCommandRoutes,
  ...admissionCommandRoutes,
  ...admissionQueryRoutes,
  ...marketplaceCommandRoutes,
  ...marketplaceQueryRoutes,
  ...marketplacePhotoRoutes,
  ...leadCommandRoutes,
  ...leadDepositRoutes,
  ...leadMessageRoutes,
  ...leadQueryRoutes,
} as const;
