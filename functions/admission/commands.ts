import { openSessionFacts } from '../catalog/contracts.ts';
import { readEnvironment } from '../platform/environment.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { checkInCommands } from './check-ins-api.ts';
import { admissionCommandsEnvironment } from './environment.ts';
import { admissionLoaders } from './loaders.ts';
import { openRefusals } from './refusals.ts';
import { admissionCommandRoutes } from './routes.ts';
import { openSigningKeys } from './signing-keys.ts';
import { openTicketCodes } from './ticket-code.ts';
import { openTickets } from './ticket-store.ts';
import { ticketCommands } from './tickets-api.ts';

const environment = readEnvironment(admissionCommandsEnvironment);
const table = openTable(environment.ADMISSION_TABLE);
const tickets = openTickets(table);
const codes = openTicketCodes(openSigningKeys(environment.TICKET_KEYS));
const factsOf = openSessionFacts(openTable(environment.CATALOG_TABLE));

export const handler = serve({
  routes: admissionCommandRoutes,
  handlers: {
    ...ticketCommands(tickets, codes, factsOf),
    ...checkInCommands(tickets, codes, openRefusals(table)),
  },
  loaders: admissionLoaders(factsOf),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
