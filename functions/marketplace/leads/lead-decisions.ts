import type { Fault } from '../../platform/answer.ts';
import { epochSeconds } from '../../platform/time.ts';
import { firstRefund } from '../deposits/deposit-refund.ts';
import { type CancellationPolicy, refundOf } from './cancellation-policy.ts';
import {
  allowedNext,
  askedBy,
  type Lead,
  type LeadCommand,
  type LeadStatus,
  leadTransitions,
  statusAt,
} from './lead.ts';
import type { LeadFields, LeadStep } from './lead-store.ts';
import { depositOf, maxQuoteVersions, type Party, type QuoteTerms } from './quote.ts';

/** What a side asks to be done. */
export type Asked =
  | { readonly command: 'contact' }
  | {
      readonly command: 'quote';
      readonly terms: QuoteTerms;
      readonly quoteId: string;
      readonly requestHash: string;
    }
  | {
      readonly command: 'accept';
      readonly quoteVersion: number;
      /** The truck’s, as it is now. */
      readonly cancellationPolicy: CancellationPolicy;
    }
  | { readonly command: 'decline'; readonly reason?: string | undefined }
  | { readonly command: 'cancel'; readonly reason: string }
  | { readonly command: 'complete' };

/** What a decision needs to know beside the lead. */
export interface Circumstances {
  readonly now: Date;
  /** Whether a booking may be completed before its event is over: for trying, never in production. */
  readonly completesEarly: boolean;
}

/** What becomes of the truck’s time with a step. */
export type TimeChange =
  | { readonly kind: 'keep' }
  /** It is kept hard until then (epoch seconds), taken anew when it had lapsed. */
  | { readonly kind: 'hold'; readonly until: number }
  | { readonly kind: 'book' }
  | { readonly kind: 'release' };

export type LeadDecision =
  | {
      readonly kind: 'steps';
      /** One; two where an acceptance is the booking too, because nothing is due. */
      readonly steps: readonly [LeadStep, ...LeadStep[]];
      readonly time: TimeChange;
    }
  /** The same side has just done the same: it stays as it is. */
  | { readonly kind: 'done_before'; readonly lead: Lead }
  | {
      readonly kind: 'not_allowed';
      readonly currentStatus: LeadStatus;
      readonly allowed: readonly LeadStatus[];
    }
  /** The status allows it, but to the other side. */
  | { readonly kind: 'not_theirs' }
  /** The latest offer is their own: there is nothing of the other side to accept. */
  | { readonly kind: 'own_quote' }
  | { readonly kind: 'outdated_quote'; readonly latestVersion: number }
  | { readonly kind: 'quote_expired'; readonly expiresAt: string }
  | { readonly kind: 'too_many_quotes'; readonly limit: number }
  /** The event is not over (epoch seconds). */
  | { readonly kind: 'not_over'; readonly endsAt: number }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

const step = (
  command: LeadCommand,
  fields: LeadFields,
  time: TimeChange,
  reason?: string | undefined,
): LeadDecision => ({
  kind: 'steps',
  steps: [{ command, fields, ...(reason !== undefined && { reason }) }],
  time,
});
const keep: TimeChange = { kind: 'keep' };
const release: TimeChange = { kind: 'release' };

/**
 * Whether the lead is what this side has just made of it. An acceptance with nothing due has booked; when a deposit
 * has come in between, something else was done last.
 */
const isDoneBefore = (lead: Lead, party: Party, asked: Asked): boolean => {
  const { status, quote, endedBy } = lead;
  switch (asked.command) {
    case 'contact':
      return status === 'contacted' && party === 'truck';
    case 'accept':
      return (
        quote !== undefined &&
        quote.version === asked.quoteVersion &&
        quote.by !== party &&
        (status === 'accepted' || (status === 'booked' && depositOf(quote) === 0))
      );
    case 'decline':
      return status === 'declined' && endedBy === party;
    case 'cancel':
      return status === 'cancelled' && endedBy === party;
    case 'complete':
      // That an event is over is the same for all.
      return status === 'completed';
    // Each has a key of its own, by which its repeat is found.
    case 'quote':
      return false;
  }
};

const decideQuote = (
  lead: Lead,
  party: Party,
  { terms, quoteId, requestHash }: Extract<Asked, { command: 'quote' }>,
  now: Date,
): LeadDecision => {
  // Who has nothing to answer yet makes no counter-offer.
  if (lead.quote === undefined && party === 'organizer') return { kind: 'not_theirs' };
  const version = (lead.quote?.version ?? 0) + 1;
  if (version > maxQuoteVersions) return { kind: 'too_many_quotes', limit: maxQuoteVersions };
  if (Date.parse(terms.expiresAt) <= now.getTime()) {
    const detail = 'An offer ends later than now.';
    return {
      kind: 'faults',
      faults: [{ in: 'body', pointer: '/expiresAt', code: 'IN_THE_PAST', detail }],
    };
  }
  const expiresAt = new Date(Math.min(Date.parse(terms.expiresAt), lead.window.from * 1_000)).toISOString();
  const quote = {
    ...terms,
    expiresAt,
    version,
    by: party,
    at: now.toISOString(),
    quoteId,
    requestHash,
  };
  return step('quote', { quote }, keep);
};

const decideAccept = (
  lead: Lead,
  party: Party,
  { quoteVersion, cancellationPolicy }: Extract<Asked, { command: 'accept' }>,
  { now }: Circumstances,
): LeadDecision => {
  const { quote, window } = lead;
  if (quote === undefined) throw new Error(`Lead ${lead.leadId} is quoted without a quote`);
  if (quote.version !== quoteVersion) return { kind: 'outdated_quote', latestVersion: quote.version };
  if (quote.by === party) return { kind: 'own_quote' };
  if (depositOf(quote) === 0) {
    return {
      kind: 'steps',
      steps: [
        { command: 'accept', fields: { cancellationPolicy } },
        { command: 'book', fields: {} },
      ],
      time: { kind: 'book' },
    };
  }
  // Nobody pays for a time that has begun.
  const depositBy = Math.min(epochSeconds(now) + quote.deposit.withinMinutes * 60, window.from);
  return step('accept', { cancellationPolicy, depositBy }, { kind: 'hold', until: depositBy });
};

const decideCancel = (
  lead: Lead,
  party: Party,
  { reason }: Extract<Asked, { command: 'cancel' }>,
  { now }: Circumstances,
): LeadDecision => {
  const { deposit, cancellationPolicy = [], window } = lead;
  // What was set aside for the booking is captured soon, if it is not yet; what was voided is not.
  const paid = deposit === undefined || deposit.status === 'voided' ? 0 : deposit.amount;
  const amount = refundOf(cancellationPolicy, paid, party, window.from, epochSeconds(now));
  const refund = amount > 0 ? { refund: firstRefund(lead, amount) } : {};
  return step('cancel', { endedBy: party, reason, ...refund }, release, reason);
};

/**
 * What a side’s word makes of a lead: one step of the transition table, or why it is refused. The truck’s time is
 * not looked at here: `time` says what is to become of it, and its calendar has the last word.
 */
export const decideAsked = (
  lead: Lead,
  party: Party,
  asked: Asked,
  circumstances: Circumstances,
): LeadDecision => {
  const { command } = asked;
  const now = epochSeconds(circumstances.now);
  if (isDoneBefore(lead, party, asked)) return { kind: 'done_before', lead };
  if (leadTransitions[lead.status][command] === undefined) return notAllowed(lead.status);
  if (!askedBy[command].includes(party)) return { kind: 'not_theirs' };
  const status = statusAt(lead, now);
  if (status === 'expired' && lead.quote !== undefined)
    return { kind: 'quote_expired', expiresAt: lead.quote.expiresAt };
  switch (asked.command) {
    case 'contact':
      return status === 'expired' ? notAllowed(status) : step('contact', {}, keep);
    case 'quote':
      return status === 'expired' ? notAllowed(status) : decideQuote(lead, party, asked, circumstances.now);
    case 'accept':
      return decideAccept(lead, party, asked, circumstances);
    case 'decline': {
      const { reason } = asked;
      return step('decline', { endedBy: party, reason }, release, reason);
    }
    case 'cancel':
      return status === 'completed' ? notAllowed(status) : decideCancel(lead, party, asked, circumstances);
    case 'complete':
      return status === 'completed' || circumstances.completesEarly
        ? step('complete', {}, keep)
        : { kind: 'not_over', endsAt: lead.window.to };
  }
};

const notAllowed = (currentStatus: LeadStatus): LeadDecision => ({
  kind: 'not_allowed',
  currentStatus,
  allowed: allowedNext(currentStatus),
});
