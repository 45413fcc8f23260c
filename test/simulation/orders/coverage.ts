import { coverageOf, reachable } from '../coverage.ts';

/** Calls of the use cases to what is outside of them. */
export const callNames = [
  'batchGet HOLD',
  'get SESSION',
  'put ORDER',
  'get ORDER',
  'update ORDER',
  'transact ORDER',
  'put TOKEN',
  'get TOKEN',
  'get REFUND',
  'transact REFUND',
  'get HOLD',
  'update HOLD',
  'update BLOCK',
  'query orders',
  'batchGet ORDER',
  'query blocks',
  'put HOLD',
  'transact HOLD',
  'put CANCELLATION',
  'update TICKET',
  'get TICKET',
  'session facts',
  'batchGet PROMO',
  'create payment',
  'capture',
  'void',
  'refund',
  'read payment',
  'answer token',
] as const;
export type CallName = (typeof callNames)[number];

export const queueNames = ['news', 'refund news', 'settle', 'refund', 'machine', 'undo'] as const;
export type QueueName = (typeof queueNames)[number];

/** What may happen to a message besides being delivered in its turn. */
export const deliveryNames = ['duplicated', 'late', 'overtaken'] as const;
export type DeliveryName = (typeof deliveryNames)[number];

/** Ends of orders and other things that a run must come to. */
export const happenings = [
  'confirmed',
  'places_lost',
  'customer',
  'payment_timeout',
  'payment_failed',
  'session_cancelled',
  'organizer',
  'offered holds',
  'several sessions',
  'refund of one of several sessions',
  'promo code used',
  'promo code given back',
  'promo code refused',
  'news that never came',
  'charged at once',
  'late payment refunded',
  'refund of tickets',
  'refund of an amount',
  'refund that failed',
  'token after the end',
  'relayed twice',
  'admitted',
  'admitted on two devices',
  'transferred',
  'old code refused',
] as const;
export type Happening = (typeof happenings)[number];

/** A batch asks for the next one: there are never two of that queue. */
const names = reachable(callNames, queueNames, happenings).filter((name) => name !== 'undo × overtaken');

export const { noCoverage, reach, unreached, coverageReport } = coverageOf(names);
