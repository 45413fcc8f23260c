import { movePayment, type Providers } from '../../payments/contracts.ts';
import type { Table } from '../../platform/table.ts';
import type { Lead, LeadDeposit } from '../leads/lead.ts';
import { openLeads } from '../leads/lead-store.ts';
import { noteOnLead } from '../leads/note-on-lead.ts';
import { currencyOf } from '../leads/quote.ts';
import { applyDepositNews, applyDepositRefundNews, type LeadChanging } from './apply-deposit-news.ts';
import { depositDue } from './deposit-due.ts';
import { firstRefund } from './deposit-refund.ts';

export interface DepositPorts {
  readonly table: Table;
  readonly providers: Providers;
}

/** A deposit is captured, promised back and given back at most: more is a circle. */
const maxMoves = 6;

/**
 * Brings the money of a deposit to where its lead is. What is due is read from the lead, not from the event that woke
 * this: events may come late, twice and in any order.
 *
 * @throws Error when the provider is out of reach: the message comes again.
 */
export const settleDeposit = async (
  ports: DepositPorts,
  leadId: string,
  changing: LeadChanging,
): Promise<void> => {
  let lead = await openLeads(ports.table).get(leadId);
  for (let moves = 0; moves < maxMoves; moves += 1) {
    if (lead?.deposit === undefined) return;
    const settled = await settleOnce(ports, lead, lead.deposit, changing);
    if (settled === undefined) return;
    lead = settled;
  }
  throw new Error(`The deposit of ${leadId} does not come to rest`);
};

/** The lead after what was due first; undefined when nothing is. */
const settleOnce = async (
  { table, providers }: DepositPorts,
  lead: Lead,
  deposit: LeadDeposit,
  changing: LeadChanging,
): Promise<Lead | undefined> => {
  const due = depositDue(lead);
  switch (due) {
    case 'nothing':
      return undefined;
    case 'capture':
    case 'void': {
      const provider = await providers(deposit.provider);
      const news = await movePayment(provider, { ...deposit, payableId: lead.leadId }, due);
      return applyDepositNews(table, lead, news, changing);
    }
    case 'promise_refund':
      return noteOnLead(
        table,
        lead,
        (read) =>
          depositDue(read) === 'promise_refund' ? { refund: firstRefund(read, read.captured) } : undefined,
        changing.stamp('deposit.refund_requested'),
      );
    case 'refund':
      return askForRefund({ table, providers }, lead, changing);
  }
};

/**
 * Has the provider give the money back that was promised, and notes its answer. Idempotent by the refund’s id: asked again,
 * the provider says what the refund has come to.
 *
 * @throws Error when the provider is out of reach.
 */
export const askForRefund = async (
  { table, providers }: DepositPorts,
  lead: Lead,
  changing: LeadChanging,
): Promise<Lead> => {
  const { deposit, refund, quote } = lead;
  if (deposit === undefined || refund === undefined || quote === undefined)
    throw new Error(`Lead ${lead.leadId} has nothing to refund`);
  const { refundId, amount } = refund;
  const provider = await providers(deposit.provider);
  const asked = { amount, currency: currencyOf(quote) };
  const answer = await provider.refund(deposit.paymentId, refundId, asked);
  if (!answer.ok && answer.reason === 'unavailable')
    throw new Error(`Refund ${refundId}: the provider is out of reach`);
  const news = answer.ok ? answer.value : { providerRefundId: '', status: 'failed' as const };
  return applyDepositRefundNews(table, lead, { refundId, ...news }, changing);
};
