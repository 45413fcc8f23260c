import { isOpen, type Lead, type LeadStatus, type Party, wasBooked } from '../marketplace/contracts.ts';
import type { Guarantee } from './mail-ledger.ts';
import type { LeadMailName } from './templates/lead-words.ts';

/** What happened to a lead, and which entry into a status it belongs to. */
export interface LeadNews {
  readonly happened: LeadStatus | 'reminded' | 'time_taken';
  readonly stage: number;
}

/** What happened to the money of a deposit. */
export type DepositNews =
  /** It came when the lead could not be booked any more. */
  | { readonly happened: 'late' }
  /** The payment was given up: what was set aside is free again. */
  | { readonly happened: 'voided' }
  | { readonly happened: 'refund_failed'; readonly refundId?: string | undefined };

/** A mail to one side of a lead. */
export interface LeadNotice {
  readonly to: Party;
  readonly mail: LeadMailName;
  /** A second reminder annoys; a missing offer costs a booking. */
  readonly guarantee: Guarantee;
}

const toTruck = (about: About<'truck'>, guarantee: Guarantee = 'at_least_once'): LeadNotice => ({
  to: 'truck',
  mail: `truck/${about}`,
  guarantee,
});
const toOrganizer = (about: About<'organizer'>): LeadNotice => ({
  to: 'organizer',
  mail: `organizer/${about}`,
  guarantee: 'at_least_once',
});
type About<P extends Party> = LeadMailName extends infer Name
  ? Name extends `${P}/${infer Rest}`
    ? Rest
    : never
  : never;

/** Why a lead is over: nobody offered, nobody accepted, or the deposit did not come. */
const expiry = ({ quote, depositBy }: Lead): 'expired-unanswered' | 'expired-offer' | 'expired-deposit' => {
  if (depositBy !== undefined) return 'expired-deposit';
  return quote === undefined ? 'expired-unanswered' : 'expired-offer';
};

/**
 * What the two sides of a lead are told of its news. News that the lead has left behind tells nobody: what it became
 * tells more. That its time is taken is told as long as it hopes for it.
 */
export const noticesOf = ({ happened, stage }: LeadNews, lead: Lead): readonly LeadNotice[] => {
  const { status, quote, endedBy } = lead;
  if (happened === 'time_taken') return isOpen(status) ? [toOrganizer('time-taken')] : [];
  if (lead.stage !== stage) return [];
  if (happened === 'reminded') return [toTruck('reminded', 'at_most_once')];
  // Accepted and booked at once: the booking is told.
  if (status !== happened) return [];
  switch (status) {
    case 'new':
      return [toTruck('asked')];
    case 'contacted':
      return [toOrganizer('contacted')];
    case 'quoted':
      return [quote?.by === 'organizer' ? toTruck('quoted') : toOrganizer('quoted')];
    case 'accepted':
      // Whose offer it was: the other side has accepted it.
      return [quote?.by === 'organizer' ? toOrganizer('accepted') : toTruck('accepted')];
    case 'booked':
      return [toTruck('booked'), toOrganizer('booked')];
    case 'completed':
      return [toOrganizer('completed')];
    case 'declined':
      return [endedBy === 'truck' ? toOrganizer('declined') : toTruck('declined')];
    case 'expired':
      return [toTruck(expiry(lead)), toOrganizer(expiry(lead))];
    case 'cancelled': {
      const by = endedBy === 'truck' ? 'cancelled-by-truck' : 'cancelled-by-organizer';
      return [toTruck(by), toOrganizer(by)];
    }
  }
};

/**
 * Whom news of a deposit is told to. Money is the organizer’s; a truck that was booked hears of a refund that was refused, since
 * it may ask for it again too. That a refund failed which was asked for again meanwhile tells nobody.
 */
export const depositNoticesOf = (news: DepositNews, lead: Lead): readonly LeadNotice[] => {
  const { deposit, refund, status } = lead;
  switch (news.happened) {
    case 'late':
      return [
        toOrganizer(deposit?.status === 'captured' ? 'late-deposit-given-back' : 'late-deposit-released'),
      ];
    case 'voided':
      // Of a lead that ended that is as it should be.
      return status === 'booked' ? [toTruck('deposit-lost'), toOrganizer('deposit-lost')] : [];
    case 'refund_failed':
      if (refund?.refundId !== news.refundId || refund?.status !== 'failed') return [];
      return [toOrganizer('refund-failed'), ...(wasBooked(status) ? [toTruck('refund-failed')] : [])];
  }
};
