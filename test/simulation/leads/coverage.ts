import { coverageOf, reachable } from '../coverage.ts';

/** Calls of the use cases to what is outside of them. */
export const callNames = [
  'get BRIEF',
  'get LEAD',
  'get TRUCK',
  'get QUOTE',
  'get DEPOSIT-TRY',
  'get BLACKOUT',
  'batchGet CALENDAR',
  'query leads',
  'transact LEAD',
  'transact CALENDAR',
  'transact DEPOSIT-TRY',
  'update HOLD',
  'create payment',
  'capture',
  'void',
  'refund',
  'read payment',
] as const;
export type CallName = (typeof callNames)[number];

export const queueNames = ['news', 'refund news', 'settle', 'machine', 'hold expiry', 'time taken'] as const;
export type QueueName = (typeof queueNames)[number];

/** What may happen to a message besides being delivered in its turn. */
export const deliveryNames = ['duplicated', 'late', 'overtaken'] as const;

/** Ends of leads and other things that a run must come to. */
export const happenings = [
  'completed',
  'declined',
  'cancelled by the organizer',
  'cancelled by the truck',
  'lapsed before a quote',
  'quote that expired',
  'deposit that was not paid',
  'deposit that came too late',
  'time that was lost',
  'booked without a deposit',
  'booked with a deposit',
  'accepted after its hold had lapsed',
  'counter-offer',
  'time that others took',
  'reminder',
  'hold that was extended',
  'asked anew after an end',
  'refused for a conflict',
  'refused for the way',
  'blackout',
  'truck that changed',
  'dry run',
  'news that never came',
  'charged at once',
  'part given back',
  'all given back',
  'nothing given back',
  'refund that failed',
  'relayed twice',
] as const;
export type Happening = (typeof happenings)[number];

export const { noCoverage, reach, unreached, coverageReport } = coverageOf(
  reachable(callNames, queueNames, happenings),
);
