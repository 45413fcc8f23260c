import {
  compareQuotes,
  createBrief,
  createLeads,
  getBrief,
  listBriefs,
  updateBrief,
} from './brief-routes.ts';
import { payDeposit, retryDepositRefund } from './deposit-routes.ts';
import { createLead, extendLeadHold, getLead, listLeads } from './lead-routes.ts';
import { listMessages, putReadMarker, sendMessage } from './message-routes.ts';
import { createReview } from './review-routes.ts';
import { leadStepRoutes } from './step-routes.ts';

export const leadCommandRoutes = {
  createBrief,
  updateBrief,
  createLeads,
  createLead,
  extendLeadHold,
  ...leadStepRoutes,
};
export const leadMessageRoutes = { sendMessage, putReadMarker, createReview };
export const leadDepositRoutes = { payDeposit, retryDepositRefund };
export const leadQueryRoutes = { getBrief, listBriefs, compareQuotes, getLead, listLeads, listMessages };
