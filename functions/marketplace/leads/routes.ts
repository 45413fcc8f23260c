import { createBrief } from './brief-routes.ts';
import { createLead, extendLeadHold, getLead } from './lead-routes.ts';

export const leadCommandRoutes = { createBrief, createLead, extendLeadHold };
export const leadQueryRoutes = { getLead };
