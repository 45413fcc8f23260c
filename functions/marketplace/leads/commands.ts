import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { openTable } from '../../platform/table.ts';
import { leadsCommandsEnvironment } from '../environment.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { leadCommands } from './leads-api.ts';
import { leadCommandRoutes } from './routes.ts';

const environment = readEnvironment(leadsCommandsEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);
const settings = { masksContacts: environment.MASK_CONTACTS };
const catalog = openTable(environment.CATALOG_TABLE);
// Asking is what many do at once; what follows is loaded when it comes.
const briefs = async () => (await import('../briefs/briefs-api.ts')).briefCommands(table, catalog);
const steps = async () =>
  (await import('./steps-api.ts')).leadStepCommands(table, {
    completesEarly: environment.LEADS_COMPLETE_EARLY,
    ...settings,
  });

export const handler = serve({
  routes: leadCommandRoutes,
  handlers: {
    createBrief: async (request) => (await briefs()).createBrief(request),
    updateBrief: async (request) => (await briefs()).updateBrief(request),
    ...leadCommands(table, settings),
    contactLead: async (request) => (await steps()).contactLead(request),
    quoteLead: async (request) => (await steps()).quoteLead(request),
    acceptLead: async (request) => (await steps()).acceptLead(request),
    declineLead: async (request) => (await steps()).declineLead(request),
    cancelLead: async (request) => (await steps()).cancelLead(request),
    completeLead: async (request) => (await steps()).completeLead(request),
  },
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
