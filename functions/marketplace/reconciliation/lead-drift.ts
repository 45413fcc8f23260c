import { machineSeconds, newsSeconds, settlementSeconds } from '../../platform/drift-ages.ts';
import { type DepositDue, depositDue } from '../deposits/deposit-due.ts';
import { type Lead, timersOf, wasBooked } from '../leads/lead.ts';

/** What repairs a drift: a use case that is there anyway. */
export type LeadRepair =
  /** The money is brought to where the lead is. */
  | 'settle'
  /** The provider is asked what the payment is. Counted when it knows more than we do. */
  | 'askAboutPayment'
  /** The provider is asked what the refund is. Counted when it has come to an end. */
  | 'askAboutRefund'
  /** What has come by itself by now is done: what the machine of the stage should have done. */
  | 'runTimers'
  /** Nothing can repair it: a person is told, once. */
  | 'raise';

interface LeadDrift {
  /** Epoch seconds since when it counts; undefined of a lead that has not drifted so. */
  readonly since: (lead: Lead) => number | undefined;
  /** How old it must be: younger than this, somebody is still at work on it. */
  readonly afterSeconds: number;
  readonly repair: LeadRepair;
}

/** Refunds of cards are made in seconds; a bank may take a day. */
const bankSeconds = 24 * 60 * 60;

const changedAt = ({ updatedAt }: Lead): number => Math.floor(Date.parse(updatedAt) / 1_000);
const whenDue =
  (due: DepositDue) =>
  (lead: Lead): number | undefined =>
    depositDue(lead) === due ? changedAt(lead) : undefined;

/** The truck was booked, and the provider gave up the money that was set aside for it. */
export const isMoneyLost = ({ status, deposit }: Pick<Lead, 'status' | 'deposit'>): boolean =>
  wasBooked(status) && deposit?.status === 'voided';

/** When what comes first by itself is due; a reminder that was sent comes no more in its stage. */
const nextTimer = (lead: Lead): number | undefined =>
  timersOf(lead).find(({ timer }) => timer !== 'remind' || lead.remindedAt === undefined)?.at;

/** Every drift of a lead: since when it is one, from which age on, and what repairs it, in this order. */
export const leadDrifts = {
  /** Money was taken for a lead that ended without its booking. */
  captured_without_booking: {
    since: whenDue('promise_refund'),
    afterSeconds: settlementSeconds,
    repair: 'settle',
  },
  /** The truck is booked, or was, and the money is only set aside. */
  deposit_not_captured: { since: whenDue('capture'), afterSeconds: settlementSeconds, repair: 'settle' },
  /** The lead ended without a booking, its payment is still open or set aside. */
  deposit_not_voided: { since: whenDue('void'), afterSeconds: settlementSeconds, repair: 'settle' },
  /** Money was promised back, and nobody has asked the provider. */
  refund_not_made: { since: whenDue('refund'), afterSeconds: settlementSeconds, repair: 'settle' },
  /** The provider took a refund, and never said what it came to. */
  refund_news_lost: {
    since: (lead) => (lead.refund?.status === 'pending' ? changedAt(lead) : undefined),
    afterSeconds: bankSeconds,
    repair: 'askAboutRefund',
  },
  /** The truck was booked, and the provider no longer has the money: nothing brings that back. */
  authorization_lost: {
    since: (lead) => (isMoneyLost(lead) && lead.raisedAt === undefined ? changedAt(lead) : undefined),
    afterSeconds: 0,
    repair: 'raise',
  },
  /** The deposit can be paid, and the provider may know more than we were told. */
  deposit_news_lost: {
    since: (lead) => (lead.status === 'accepted' && lead.deposit !== undefined ? changedAt(lead) : undefined),
    afterSeconds: newsSeconds,
    repair: 'askAboutPayment',
  },
  /** A timer of its stage is over, and nothing came of it: the machine failed, or never started. */
  lead_overdue: { since: nextTimer, afterSeconds: machineSeconds, repair: 'runTimers' },
} as const satisfies Readonly<Record<string, LeadDrift>>;

export type LeadDriftKind = keyof typeof leadDrifts;

/** Every drift that a lead comes to unless it changes before, and from when on (epoch seconds). */
const comingTo = (lead: Lead): readonly { readonly kind: LeadDriftKind; readonly at: number }[] =>
  (Object.entries(leadDrifts) as [LeadDriftKind, LeadDrift][]).flatMap(([kind, { since, afterSeconds }]) => {
    const from = since(lead);
    return from === undefined ? [] : [{ kind, at: from + afterSeconds }];
  });

/**
 * From when on a lead has drifted unless it changes before, epoch seconds; undefined when nothing more is to come of it. It
 * stands in the index of what is outstanding, which therefore is read only up to now.
 */
export const driftsFrom = (lead: Lead): number | undefined => {
  const instants = comingTo(lead).map(({ at }) => at);
  return instants.length === 0 ? undefined : Math.min(...instants);
};

/** The drifts of a lead that are old enough to be repaired; `now` in epoch seconds. */
export const driftsOf = (lead: Lead, now: number): readonly LeadDriftKind[] =>
  comingTo(lead)
    .filter(({ at }) => at < now)
    .map(({ kind }) => kind);
