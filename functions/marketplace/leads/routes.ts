import {
  compareQuotes,
  createBrief,
  createLeads,
  getBrief,
  listBriefs,
  updateBrief,
} from '../briefs/brief-routes.ts';
import { payDeposit, retryDepositRefund } from '../deposits/deposit-routes.ts';
import { listMessages, putReadMarker, sendMessage } from '../messages/message-routes.ts';
import { createReview } from '../reviews/review-routes.ts';
import { createLead, extendLeadHold, getLead, listLeads } from './lead-routes.ts';
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
