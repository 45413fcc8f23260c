import { type DriftCounts, driftCounts, type ReconciliationRun, repairDrifts } from '../platform/drift.ts';
import type { MachineStart } from '../platform/machine.ts';
import { type OutstandingPlace, walkOutstanding } from '../platform/outstanding.ts';
import type { OrderClaims } from '../ticketing/contracts.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import { machineStart } from './lifecycle.ts';
import {
  driftsOf,
  isMoneyLost,
  isOnlyMarked,
  type OrderFacts,
  type OrderRepair,
  orderDrifts,
  orphanTokenSeconds,
} from './order-drift.ts';
import type { OrphanToken, OutstandingOrder } from './outstanding-store.ts';
import type { Stamp } from './ports.ts';
import { type SettlementPorts, settleOrder } from './settle-order.ts';
import { timeOutOrder } from './time-out-order.ts';

export interface ReconcileOrdersPorts extends SettlementPorts {
  readonly claims: SettlementPorts['claims'] & Pick<OrderClaims, 'readHolds'>;
  readonly continuation: {
    read(): Promise<OutstandingPlace | undefined>;
    write(place: OutstandingPlace | undefined): Promise<void>;
  };
  readonly machineArn: string;
  /** Starts a machine; whether it was started now. */
  startMachine(start: MachineStart): Promise<boolean>;
}

/**
 * Looks at the orders that something is still due to, oldest first in each partition, and repairs what drifted. What fails is
 * told and left to the next run.
 * @param mayGoOn whether there is time and capacity for another page.
 */
export const reconcileOrders = async (
  ports: ReconcileOrdersPorts,
  stamp: Stamp,
  mayGoOn: () => boolean,
): Promise<ReconciliationRun> => {
  const counts = driftCounts();
  const workOn = async (partition: string, from: OutstandingPlace['from']) => {
    const { orders, orphans, next } = await ports.orders.outstanding(partition, from);
    for (const found of orders) {
      try {
        await repairOrder(ports, found, counts, stamp);
      } catch (error) {
        // It must not keep the run from the orders after it.
        counts.note('order_not_examined', 'not_repaired', { orderId: found.order.orderId }, error);
      }
    }
    for (const orphan of orphans) await endOrphan(ports, orphan, counts);
    return { looked: orders.length + orphans.length, next };
  };
  const looked = await walkOutstanding(ports.continuation, workOn, mayGoOn);
  return { looked, repaired: counts.repaired, notRepaired: counts.notRepaired };
};

/** A machine waits for an order that there is not: it is ended. */
const endOrphan = async (
  { orders, answerToken, clock }: ReconcileOrdersPorts,
  { orderId, taskToken, since }: OrphanToken,
  counts: DriftCounts,
): Promise<void> => {
  if (since + orphanTokenSeconds >= clock()) return;
  try {
    await answerToken(taskToken, { orderId, status: 'cancelled' });
    await orders.deleteToken(orderId, taskToken);
    counts.note('machine_without_order', 'repaired', { orderId });
  } catch (error) {
    counts.note('machine_without_order', 'not_repaired', { orderId }, error);
  }
};

/** Repairs what drifted of one order; throws when what it is cannot be read. */
const repairOrder = async (
  ports: ReconcileOrdersPorts,
  { order, changedAt, taskToken }: OutstandingOrder,
  counts: DriftCounts,
  stamp: Stamp,
): Promise<void> => {
  const { orderId } = order;
  const facts: OrderFacts = {
    order,
    changedAt,
    taskToken,
    hasActiveHolds: await hasActiveHolds(ports, order),
    now: ports.clock(),
  };
  const drifts = driftsOf(facts);
  const isSound = await repairDrifts(
    drifts,
    (kind): OrderRepair => orderDrifts[kind].repair,
    async (repair) => {
      if (!(await repairs[repair](ports, facts, stamp))) return undefined;
      return repair === 'raise' ? 'not_repaired' : 'repaired';
    },
    counts,
    { orderId },
  );
  if (isSound && isOnlyMarked(facts, drifts)) await ports.orders.unmark(order, stamp('order.settled'));
};

/** Only of orders that give their holds up when they end. */
const hasActiveHolds = async (
  { claims }: ReconcileOrdersPorts,
  { status, cancelReason, holds }: OutstandingOrder['order'],
): Promise<boolean> => {
  if (status !== 'cancelled' || (cancelReason !== 'customer' && cancelReason !== 'places_lost')) return false;
  const held = await claims.readHolds(holds.map(({ holdId }) => holdId));
  return [...held.values()].some((hold) => hold.status === 'active');
};

/** Each answers whether there was something to repair. */
const repairs: Readonly<
  Record<OrderRepair, (ports: ReconcileOrdersPorts, facts: OrderFacts, stamp: Stamp) => Promise<boolean>>
> = {
  async settle(ports, { order }, stamp) {
    await settleOrder(ports, order.orderId, stamp);
    const after = await ports.orders.get(order.orderId);
    // That its money is lost was only found now: the next run raises it.
    return after === undefined || !isMoneyLost(after);
  },

  async timeOut(ports, { order }, stamp) {
    const outcome = await timeOutOrder(ports, order.orderId, stamp);
    return outcome.kind === 'over';
  },

  async startMachine({ machineArn, startMachine }, { order, now }) {
    const { orderId, payBy } = order;
    // Started before under this name: it is only late, or it failed, and then the order is timed out here.
    return payBy !== undefined && startMachine(machineStart(machineArn, { orderId, payBy }, now));
  },

  async endMachine({ answerToken }, { order, taskToken }) {
    return taskToken !== undefined && answerToken(taskToken, order);
  },

  async askProvider(ports, { order }, stamp) {
    const { payment } = order;
    if (payment === undefined) return false;
    const answer = await (await ports.providers(payment.provider)).read(payment.paymentId);
    if (!answer.ok) throw new Error(`Payment ${payment.paymentId} could not be read: ${answer.reason}`);
    const after = await applyPaymentNews(ports, order, answer.value, stamp);
    return after.revision > order.revision;
  },

  async raise({ orders }, { order }, stamp) {
    await orders.unmark(order, stamp('order.raised'));
    return true;
  },
};
