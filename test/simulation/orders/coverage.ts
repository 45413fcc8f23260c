import { type Coverage, type FaultName, faultNames } from '../coverage.ts';

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

const names: readonly string[] = [
  ...callNames.flatMap((call) => faultNames.map((fault) => `${call} × ${fault}`)),
  ...queueNames
    .flatMap((queue) => deliveryNames.map((delivery) => `${queue} × ${delivery}`))
    // A batch asks for the next one: there are never two.
    .filter((name) => name !== 'undo × overtaken'),
  ...happenings,
];
const indexes = new Map(names.map((name, index) => [name, index]));

export const noCoverage = (): Coverage => new Float64Array(names.length);

type Reached = `${CallName} × ${FaultName}` | `${QueueName} × ${DeliveryName}` | Happening;

export const reach = (coverage: Coverage, name: Reached): void => {
  const index = indexes.get(name);
  if (index === undefined) throw new Error(`Nothing to reach is called ${name}`);
  coverage[index] = (coverage[index] ?? 0) + 1;
};

/** What was never reached. */
export const unreached = (coverage: Coverage): readonly string[] =>
  names.filter((_, index) => (coverage[index] ?? 0) === 0);

/** Counts, one line each. */
export const coverageReport = (coverage: Coverage): string =>
  names.map((name, index) => `${name}: ${coverage[index] ?? 0}`).join('\n');
