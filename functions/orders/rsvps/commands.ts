import { openRsvpSessions } from '../../catalog/contracts.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { idSecret } from '../../platform/id-secret.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { openPlaceSales } from '../../ticketing/contracts.ts';
import { ordersRsvpsEnvironment } from '../environment.ts';
import { rsvpCommandRoutes } from './rsvp-routes.ts';
import { openRsvps } from './rsvp-store.ts';
import { rsvpCommands, rsvpLoaders } from './rsvps-api.ts';

const environment = readEnvironment(ordersRsvpsEnvironment);
const { ORDERS_TABLE, TICKETING_TABLE, ADMISSION_TABLE, CATALOG_TABLE, ID_SECRET_ARN } = environment;
const rsvps = openRsvps(openTable(ORDERS_TABLE));

export const handler = serve({
  routes: rsvpCommandRoutes,
  handlers: rsvpCommands({
    rsvps,
    sessions: openRsvpSessions(openTable(CATALOG_TABLE)),
    sales: openPlaceSales(TICKETING_TABLE, environment.PLANS_BUCKET),
    tables: { ticketing: TICKETING_TABLE, admission: ADMISSION_TABLE },
    idSecret: () => idSecret(ID_SECRET_ARN),
    clockMs: Date.now,
  }),
  loaders: rsvpLoaders(rsvps),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
  idSecretArn: ID_SECRET_ARN,
});
