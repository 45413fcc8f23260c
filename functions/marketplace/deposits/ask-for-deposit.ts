import type { Lead } from '../leads/lead.ts';
import { applyDepositNews, type LeadChanging } from './apply-deposit-news.ts';
import type { DepositPorts } from './settle-deposit.ts';

/**
 * Asks the provider once what became of a deposit, before its lead lapses: money that is there books it, news of it
 * having been lost. When the provider does not answer the lead lapses; what turns up later is given back.
 */
export const askForDeposit = async (
  { table, providers }: DepositPorts,
  lead: Lead,
  changing: LeadChanging,
): Promise<void> => {
  if (lead.deposit === undefined) return;
  const provider = await providers(lead.deposit.provider);
  const answer = await provider.read(lead.deposit.paymentId);
  if (answer.ok) await applyDepositNews(table, lead, answer.value, changing);
};
