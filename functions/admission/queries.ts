import { openSessionFacts } from '../catalog/contracts.ts';
import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { admissionQueriesEnvironment } from './environment.ts';
import { admissionLoaders } from './loaders.ts';
import { openRefusals } from './refusals.ts';
import { admissionQueryRoutes } from './routes.ts';
import { openSessionPictures } from './session-picture.ts';
import { openSigningKeys } from './signing-keys.ts';
import { openTicketCodes } from './ticket-code.ts';
import { openTickets } from './ticket-store.ts';
import { admissionQueries } from './tickets-queries.ts';

const environment = readEnvironment(admissionQueriesEnvironment);
const table = openTable(environment.ADMISSION_TABLE);
const tickets = openTickets(table);
const keys = openSigningKeys(environment.TICKET_KEYS);
const factsOf = openSessionFacts(openTable(environment.CATALOG_TABLE));

export const handler = serve({
  routes: admissionQueryRoutes,
  handlers: admissionQueries(
    tickets,
    keys,
    openTicketCodes(keys),
    factsOf,
    openSessionPictures(tickets),
    openRefusals(table),
  ),
  loaders: admissionLoaders(factsOf),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
});
