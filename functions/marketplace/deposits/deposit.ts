import { decideNews, type PaymentNews, type ProviderName } from '../../payments/contracts.ts';
import { allowedNext, type Lead, type LeadDeposit, type LeadStatus } from '../leads/lead.ts';
import type { LeadDecision } from '../leads/lead-decisions.ts';
import type { LeadFields } from '../leads/lead-store.ts';
import { depositOf } from '../leads/quote.ts';

type Steps = Extract<LeadDecision, { kind: 'steps' }>;

/** Why a deposit cannot be paid. */
export type DepositRefusal =
  | {
      readonly kind: 'not_allowed';
      readonly currentStatus: LeadStatus;
      readonly allowed: readonly LeadStatus[];
    }
  /** Its time was over after this epoch second. */
  | { readonly kind: 'overdue'; readonly depositBy: number }
  /** Its payment was begun at another one: a lead has one payment. */
  | { readonly kind: 'other_provider'; readonly provider: ProviderName };

/**
 * Whether the deposit of a lead can be paid now; undefined when it can.
 * @param now epoch seconds.
 */
export const refusePaying = (lead: Lead, provider: ProviderName, now: number): DepositRefusal | undefined => {
  const { status, depositBy, deposit } = lead;
  if (status !== 'accepted')
    return { kind: 'not_allowed', currentStatus: status, allowed: allowedNext(status) };
  if (depositBy === undefined) throw new Error(`Lead ${lead.leadId} was accepted without a deadline`);
  if (depositBy < now) return { kind: 'overdue', depositBy };
  return deposit === undefined || deposit.provider === provider
    ? undefined
    : { kind: 'other_provider', provider: deposit.provider };
};

/** What is noted of a payment, which may be told before we have noted that it exists. */
const notedBy = (lead: Lead, { provider, paymentId, status }: PaymentNews): LeadFields => {
  const { quote, refund } = lead;
  if (quote === undefined) throw new Error(`Lead ${lead.leadId} has a deposit, but no quote`);
  const deposit: LeadDeposit = {
    amount: depositOf(quote),
    ...lead.deposit,
    paymentId,
    provider,
    status,
  };
  return {
    deposit,
    captured: status === 'captured' ? deposit.amount : lead.captured,
    // Of money that was never taken nothing can be given back.
    ...(status === 'voided' && refund?.status === 'requested' && { refund: undefined }),
  };
};

/** What news of a deposit make of its lead. */
export type DepositDecision =
  | Steps
  /** It stays in its status; that much is noted. */
  | { readonly kind: 'note'; readonly fields: LeadFields }
  | { readonly kind: 'nothing' };

/**
 * Decides on news of a deposit. Money books an accepted lead, in one transaction with its note. When the time of
 * the truck is lost, or has begun, the lead ends in that transaction instead. A declined card ends nothing: until the
 * deadline another one may be tried. A lead that waits for nothing only notes what became of the money.
 *
 * @param isTimeLost whether the truck’s calendar refused the booking.
 * @param now epoch seconds.
 */
export const decideDepositNews = (
  lead: Lead,
  news: PaymentNews,
  { isTimeLost, now }: { readonly isTimeLost: boolean; readonly now: number },
): DepositDecision => {
  const { deposit, status, window } = lead;
  if (deposit !== undefined && deposit.paymentId !== news.paymentId)
    throw new Error(`Lead ${lead.leadId} has payment ${deposit.paymentId}, not ${news.paymentId}`);
  const known = { status: deposit?.status, isAwaited: status === 'accepted' };
  const decision = decideNews(known, { status: news.status });
  if (decision === 'nothing') return { kind: 'nothing' };
  const fields = notedBy(lead, news);
  if (decision === 'note') return { kind: 'note', fields };
  return decision === 'give' && !isTimeLost && window.from >= now
    ? { kind: 'steps', steps: [{ command: 'book', fields }], time: { kind: 'book' } }
    : { kind: 'steps', steps: [{ command: 'lapse', fields }], time: { kind: 'release' } };
};
