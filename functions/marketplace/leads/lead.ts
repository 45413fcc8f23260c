import * as z from 'zod';
import type { PaymentStatus, ProviderName, RefundState } from '../../payments/contracts.ts';
import { idOf } from '../../platform/id-schema.ts';
import type { Interval } from '../calendar/interval.ts';
import type { Place } from '../calendar/travel.ts';
import type { CancellationPolicy } from './cancellation-policy.ts';
import type { Party, Quote } from './quote.ts';

export const leadId = idOf('lead');

export const leadStatus = z.enum([
  'new',
  'contacted',
  'quoted',
  'accepted',
  'booked',
  'completed',
  'expired',
  'declined',
  'cancelled',
]);
export type LeadStatus = z.output<typeof leadStatus>;

export const leadCommand = z.enum([
  /** The truck answers. */
  'contact',
  /** The truck offers a price; then either side offers another. */
  'quote',
  /** One side takes the latest offer of the other: the time is kept until the deposit is paid. */
  'accept',
  /** One side does not want it. */
  'decline',
  /** The latest offer is not valid any more. */
  'expire',
  /** Its time is over without an offer, or without the deposit. */
  'lapse',
  /** The deposit is paid, or none is due: the time is the organizer’s. */
  'book',
  /** The event is over. */
  'complete',
  /** One side calls the booking off. */
  'cancel',
]);
export type LeadCommand = z.output<typeof leadCommand>;

/**
 * What each status allows, and where it leads. What is not here is refused. The conditions of all writes, the
 * machine and the diagram follow from this table.
 */
export const leadTransitions: Readonly<Record<LeadStatus, Partial<Record<LeadCommand, LeadStatus>>>> = {
  new: { contact: 'contacted', lapse: 'expired' },
  contacted: { quote: 'quoted', lapse: 'expired' },
  quoted: { quote: 'quoted', accept: 'accepted', decline: 'declined', expire: 'expired' },
  accepted: { book: 'booked', lapse: 'expired' },
  booked: { complete: 'completed', cancel: 'cancelled' },
  completed: {},
  expired: {},
  declined: {},
  cancelled: {},
};

/** Who may ask for a command; what nobody may ask for comes with time, or with the payment. */
export const askedBy: Readonly<Record<LeadCommand, readonly Party[]>> = {
  contact: ['truck'],
  quote: ['truck', 'organizer'],
  accept: ['truck', 'organizer'],
  decline: ['truck', 'organizer'],
  expire: [],
  lapse: [],
  book: [],
  complete: ['truck', 'organizer'],
  cancel: ['truck', 'organizer'],
};

/** Where a lead can go next, as a refusal lists it. That it may also lapse is no way to take. */
export const allowedNext = (status: LeadStatus): readonly LeadStatus[] => [
  ...new Set(
    Object.entries(leadTransitions[status])
      .filter(([command, to]) => command !== 'lapse' && to !== status)
      .map(([, to]) => to),
  ),
];

/** Whether nothing comes after a status. */
export const isEnded = (status: LeadStatus): boolean => Object.keys(leadTransitions[status]).length === 0;

/** Whether a lead may still become a booking. */
export const isOpen = (status: LeadStatus): boolean => status !== 'booked' && !isEnded(status);
/** Whether the truck was booked, even when the booking was called off since. */
export const wasBooked = (status: LeadStatus): boolean =>
  status === 'booked' || status === 'completed' || status === 'cancelled';

/** Statuses that a command may come from: the condition of its write. */
export const statusesBefore = (command: LeadCommand): readonly LeadStatus[] =>
  leadStatus.options.filter((status) => leadTransitions[status][command] !== undefined);

/** What comes by itself: a reminder, or a command. */
export const leadTimer = z.enum(['remind', ...leadCommand.extract(['expire', 'lapse', 'complete']).options]);
export type LeadTimer = z.output<typeof leadTimer>;

/** What comes by itself while a lead is in a status: first to last. The machine waits for it. */
export const leadTimers = {
  new: ['remind', 'lapse'],
  contacted: ['remind', 'lapse'],
  quoted: ['expire'],
  accepted: ['lapse'],
  booked: ['complete'],
} as const satisfies Partial<Record<LeadStatus, readonly LeadTimer[]>>;

/** How long a truck may be silent before it is reminded. */
export const remindAfterSeconds = 24 * 60 * 60;

export const leadHoldKind = z.enum(['soft', 'hard', 'booking']);

/** The truck’s time that a lead keeps: softly for those who talk, hard for who has accepted, then for good. */
export interface LeadHold {
  readonly kind: z.output<typeof leadHoldKind>;
  /** Epoch seconds; in that second it still stands. That of a booking is its end. */
  readonly until: number;
  /** Epoch seconds since when it has been kept without a break: what an extension is bounded by. */
  readonly since: number;
  readonly unit: number;
  /** With setup and teardown. */
  readonly blocked: Interval;
}

/** The deposit at its provider. */
export interface LeadDeposit {
  readonly paymentId: string;
  readonly provider: ProviderName;
  readonly status: PaymentStatus;
  /** Minor units of the quote’s currency. */
  readonly amount: number;
  readonly clientSecret?: string | undefined;
}

/** What is given back of a deposit, after a cancellation or because it came too late. */
export interface DepositRefund {
  readonly refundId: string;
  /** Minor units. */
  readonly amount: number;
  readonly status: RefundState;
  readonly providerRefundId?: string | undefined;
}

/** One truck that is asked about one brief. */
export interface Lead {
  readonly leadId: string;
  readonly briefId: string;
  /** The event that the brief is for, and its session, where it is for one. */
  readonly eventId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly truckId: string;
  /** The organizer’s. */
  readonly organizationId: string;
  readonly truckOrganizationId: string;
  readonly status: LeadStatus;
  /** ISO 8601: since when it has been in its status, or had its latest quote. */
  readonly since: string;
  /** Counts entries into statuses and quotes: each has timers of its own. */
  readonly stage: number;
  /** When guests are served, as the brief said. */
  readonly window: Interval;
  readonly place: Place & { readonly city: string };
  readonly guests: number;
  readonly name: string;
  readonly timeZone: string;
  /** As last taken; whether it lives is a matter of its instant. */
  readonly hold?: LeadHold | undefined;
  /** The latest version; all of them lie beside the lead. */
  readonly quote?: Quote | undefined;
  /** Epoch seconds until which the deposit of an accepted quote can be paid. */
  readonly depositBy?: number | undefined;
  readonly deposit?: LeadDeposit | undefined;
  /** Minor units captured. */
  readonly captured: number;
  readonly refund?: DepositRefund | undefined;
  /** As it was when the quote was accepted. */
  readonly cancellationPolicy?: CancellationPolicy | undefined;
  /** Who declined or called it off, and why. */
  readonly endedBy?: Party | undefined;
  readonly reason?: string | undefined;
  /** ISO 8601: when the truck was reminded in this stage. */
  readonly remindedAt?: string | undefined;
  /** Another booking of the truck took its time. */
  readonly takenAt?: string | undefined;
  /** ISO 8601: when a person was told of what nothing can repair (lead-drift.ts). */
  readonly raisedAt?: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly requestHash: string;
  readonly revision: number;
}

/** An instant at which something comes by itself; epoch seconds, first second in which it is due. */
export interface DueTimer {
  readonly timer: LeadTimer;
  readonly at: number;
}

const secondsOf = (iso: string): number => Math.floor(Date.parse(iso) / 1_000);

/** Epoch seconds: the first in which the latest quote is no offer any more. */
const quoteEndsAt = ({ leadId: id, quote }: Pick<Lead, 'leadId' | 'quote'>): number => {
  if (quote === undefined) throw new Error(`Lead ${id} is quoted without a quote`);
  return secondsOf(quote.expiresAt);
};

/**
 * What a lead is at this instant (epoch seconds), whatever job has run: offers end, events begin and are over by
 * themselves. Only an unpaid deposit is not over before its provider was asked once more.
 */
export const statusAt = (
  lead: Pick<Lead, 'leadId' | 'status' | 'quote' | 'window'>,
  now: number,
): LeadStatus => {
  const { status, window } = lead;
  switch (status) {
    case 'new':
    case 'contacted':
      return window.from <= now ? 'expired' : status;
    case 'quoted':
      return quoteEndsAt(lead) <= now ? 'expired' : status;
    case 'booked':
      return window.to <= now ? 'completed' : status;
    default:
      return status;
  }
};

const dueAt = (lead: Lead, timer: LeadTimer): number => {
  switch (timer) {
    case 'remind':
      return secondsOf(lead.since) + remindAfterSeconds;
    case 'expire':
      return quoteEndsAt(lead);
    case 'lapse':
      return lead.depositBy === undefined ? lead.window.from : lead.depositBy + 1;
    case 'complete':
      return lead.window.to;
  }
};

/** What comes by itself in the status that a lead is in, the earliest first. */
export const timersOf = (lead: Lead): readonly DueTimer[] => {
  const timers: readonly LeadTimer[] =
    lead.status in leadTimers ? leadTimers[lead.status as keyof typeof leadTimers] : [];
  return timers.map((timer) => ({ timer, at: dueAt(lead, timer) })).sort((one, other) => one.at - other.at);
};
