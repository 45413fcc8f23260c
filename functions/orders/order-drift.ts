import { machineSeconds, newsSeconds, settlementSeconds } from '../platform/drift-ages.ts';
import { decideMoney } from './money-due.ts';
import { type Order, orderTimers } from './order.ts';

/** What the reconciliation knows of a marked order. Instants are epoch seconds. */
export interface OrderFacts {
  readonly order: Order;
  readonly changedAt: number;
  /** The token that its machine waits with, or waited. */
  readonly taskToken: string | undefined;
  /** A hold that its end should have given up is still active. */
  readonly hasActiveHolds: boolean;
  readonly now: number;
}

/** What repairs a drift: a use case that is there anyway. */
export type OrderRepair =
  /** Money, holds and machine are brought to where the order is. */
  | 'settle'
  /** The deadline’s work: the provider is asked, then the order ends. */
  | 'timeOut'
  | 'startMachine'
  /** Its machine is told that it has ended. Counted when it still waited. */
  | 'endMachine'
  /** The provider is asked what the payment is. */
  | 'askProvider'
  /** Nothing can repair it: a person is told, once. */
  | 'raise';

interface OrderDrift {
  readonly isDrift: (facts: OrderFacts) => boolean;
  /** Since when it counts; epoch seconds. */
  readonly since: (facts: OrderFacts) => number;
  /** How old it must be: younger than this, somebody is still at work on it. */
  readonly afterSeconds: number;
  readonly repair: OrderRepair;
}

/** The relay starts machines in seconds, and raises its alarm when it lags three minutes. */
const relaySeconds = 5 * 60;

const isWaiting = ({ order }: OrderFacts): boolean => orderTimers[order.status] !== undefined;
const createdAt = ({ order }: OrderFacts): number => Date.parse(order.createdAt) / 1_000;
const changedAt = (facts: OrderFacts): number => facts.changedAt;
const payBy = ({ order }: OrderFacts): number => order.payBy ?? Number.POSITIVE_INFINITY;

/** The places of the order are sold, and the provider gave up what was set aside for them. */
export const isMoneyLost = ({ status, payment }: Pick<Order, 'status' | 'payment'>): boolean =>
  status === 'confirmed' && payment?.status === 'voided';

/**
 * Every drift of an order: how it is recognised, from which age on, and what repairs it, in this order: the settlement of
 * money answers the machine too, and would hide that it waited.
 */
export const orderDrifts = {
  /** It ended, and its machine may still wait. */
  machine_not_ended: {
    isDrift: (facts) => !isWaiting(facts) && facts.taskToken !== undefined,
    since: changedAt,
    afterSeconds: settlementSeconds,
    repair: 'endMachine',
  },
  /** Money was taken for an order that ended without its places. */
  captured_without_order: {
    isDrift: ({ order }) => decideMoney(order) === 'refund',
    since: changedAt,
    afterSeconds: settlementSeconds,
    repair: 'settle',
  },
  /** Its places are sold, its money is only set aside. */
  payment_not_captured: {
    isDrift: ({ order }) => decideMoney(order) === 'capture',
    since: changedAt,
    afterSeconds: settlementSeconds,
    repair: 'settle',
  },
  /** The order ended, its payment is still open or set aside. */
  payment_not_voided: {
    isDrift: ({ order }) => decideMoney(order) === 'void',
    since: changedAt,
    afterSeconds: settlementSeconds,
    repair: 'settle',
  },
  /** Its places are sold, and the provider no longer has its money: nothing brings that back. */
  authorization_lost: {
    isDrift: ({ order }) => isMoneyLost(order),
    since: changedAt,
    afterSeconds: 0,
    repair: 'raise',
  },
  /** Its time to pay is over, and nothing ended it. */
  order_overdue: {
    isDrift: isWaiting,
    since: payBy,
    afterSeconds: machineSeconds,
    repair: 'timeOut',
  },
  /** It waits without a machine that would time it out. */
  order_without_machine: {
    isDrift: (facts) => isWaiting(facts) && facts.taskToken === undefined && facts.now <= payBy(facts),
    since: createdAt,
    afterSeconds: relaySeconds,
    repair: 'startMachine',
  },
  /** The provider may know more than we were told. Counted when it does. */
  payment_news_lost: {
    isDrift: (facts) => isWaiting(facts) && facts.order.payment !== undefined && facts.now <= payBy(facts),
    since: changedAt,
    afterSeconds: newsSeconds,
    repair: 'askProvider',
  },
  /** It was given up or lost its places, and still holds some. */
  holds_not_given_back: {
    isDrift: (facts) => !isWaiting(facts) && facts.hasActiveHolds,
    since: changedAt,
    afterSeconds: settlementSeconds,
    repair: 'settle',
  },
} as const satisfies Readonly<Record<string, OrderDrift>>;

export type OrderDriftKind = keyof typeof orderDrifts;

/** A machine that waits for no order is answered from this age on: the same bound as for orders without a machine. */
export const orphanTokenSeconds = relaySeconds;

/** The drifts of an order that are old enough to be repaired. */
export const driftsOf = (facts: OrderFacts): readonly OrderDriftKind[] =>
  (Object.entries(orderDrifts) as [OrderDriftKind, OrderDrift][])
    .filter(
      ([, { isDrift, since, afterSeconds }]) => isDrift(facts) && since(facts) + afterSeconds < facts.now,
    )
    .map(([kind]) => kind);

/** Whether nothing but its mark is left of an ended order once its machine was told: the settlement missed its last step. */
export const isOnlyMarked = (facts: OrderFacts, drifts: readonly OrderDriftKind[]): boolean =>
  !isWaiting(facts) &&
  facts.changedAt + settlementSeconds < facts.now &&
  drifts.every((kind) => kind === 'machine_not_ended');
