import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../platform/lifecycle-event.ts';
import type { MachineStart } from '../platform/machine.ts';
import type { StreamChange } from '../platform/relay.ts';
import type { Item } from '../platform/table.ts';
import { cancelReason, type Order, orderStatus } from './order.ts';
import { type MachineInput, machineName } from './order-machine.ts';
import { sessionsOf, toOrder, toRefund } from './order-store.ts';
import { rsvpEventsOf, rsvpLifecycleEvents } from './rsvps/rsvp-lifecycle.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

/** Neither names nor addresses: events are kept for a year. Who needs them reads the order. */
const orderData = z.object({
  orderId: z.string(),
  status: orderStatus,
  cancelReason: cancelReason.optional(),
  sessionIds: z.array(z.string()),
  ticketIds: z.array(z.string()),
  holdIds: z.array(z.string()),
  total: z.object({ amount: z.int(), currency: z.string() }),
});

const orderExample: z.input<typeof orderData> = {
  orderId: id('ord'),
  status: 'confirmed',
  sessionIds: [id('ses')],
  ticketIds: [id('tkt')],
  holdIds: [id('hld')],
  total: { amount: 9_450, currency: 'EUR' },
};

const orderEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'order',
    data: orderData,
    example: orderExample,
  });

export const orderCreated = orderEvent('ORDER-CREATED', 'A customer orders the places of holds.');
export const orderConfirmed = orderEvent(
  'ORDER-CONFIRMED',
  'Its places are sold to it and its tickets stand; money that was authorized is captured next.',
);
export const orderCancelled = orderEvent(
  'ORDER-CANCELLED',
  'It ended without its places, or was undone: `cancelReason` says why.',
);
export const orderPaymentLate = orderEvent(
  'ORDER-PAYMENT-LATE',
  'Money came for an order that had ended: it is voided or refunded, and the customer told.',
);

export const orderMailRequested = orderEvent(
  'ORDER-MAIL-REQUESTED',
  'Its organizer wants the mail with its tickets sent again.',
);

const refundData = z.object({
  refundId: z.string(),
  orderId: z.string(),
  ticketIds: z.array(z.string()),
  amount: z.object({ amount: z.int(), currency: z.string() }),
});
const refundEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'refund',
    data: refundData,
    example: {
      refundId: id('rfd'),
      orderId: id('ord'),
      ticketIds: [id('tkt')],
      amount: { amount: 4_725, currency: 'EUR' },
    },
  });

export const refundRequested = refundEvent('REFUND-REQUESTED', 'Money is to be given back.');
export const refundSucceeded = refundEvent('REFUND-SUCCEEDED', 'The provider gave the money back.');
export const refundFailed = refundEvent(
  'REFUND-FAILED',
  'The provider could not give the money back: the organizer has to.',
);

export const ordersLifecycleEvents = [
  orderCreated,
  orderConfirmed,
  orderCancelled,
  orderPaymentLate,
  orderMailRequested,
  refundRequested,
  refundSucceeded,
  refundFailed,
  ...rsvpLifecycleEvents,
] as const;

const changeOf = (item: object): Change => (item as { readonly change: Change }).change;

const orderFact = (item: Item) => {
  const order = toOrder(item);
  const data: z.input<typeof orderData> = {
    orderId: order.orderId,
    status: order.status,
    ...(order.cancelReason !== undefined && { cancelReason: order.cancelReason }),
    sessionIds: [...sessionsOf(order)],
    ticketIds: order.items.map(({ ticketId }) => ticketId),
    holdIds: order.holds.map(({ holdId }) => holdId),
    total: { amount: order.total, currency: order.currency },
  };
  return {
    aggregateId: order.orderId,
    sequence: order.revision,
    change: changeOf(item),
    organizationId: order.organizationId,
    data,
  };
};

const refundFact = (item: Item) => {
  const { refundId, orderId, organizationId, revision, amount, currency, ticketIds } = toRefund(item);
  return {
    aggregateId: refundId,
    sequence: revision,
    change: changeOf(item),
    organizationId,
    data: { refundId, orderId, ticketIds: [...ticketIds], amount: { amount, currency } },
  };
};

const hasMoney = (order: Order | undefined): boolean =>
  order?.payment?.status === 'authorized' || order?.payment?.status === 'captured';

/** The lifecycle events that a change of the orders table means. */
export const ordersLifecycle = ({ before, after }: StreamChange): readonly LifecycleEvent[] => {
  if (after === undefined) return [];
  if (after.sk === 'ORDER') return orderEventsOf(before, after);
  if (after.sk === 'RSVP') return rsvpEventsOf(before, after);
  if (after.sk.startsWith('REFUND#') && after.pk.startsWith('ORDER#')) return refundEventsOf(before, after);
  return [];
};

const orderEventsOf = (before: Item | undefined, after: Item): readonly LifecycleEvent[] => {
  const fact = orderFact(after);
  const order = toOrder(after);
  const earlier = before && toOrder(before);
  const events: LifecycleEvent[] = [];
  if (earlier === undefined) events.push(lifecycleEvent(orderCreated, fact));
  if (order.status !== earlier?.status) {
    if (order.status === 'confirmed') events.push(lifecycleEvent(orderConfirmed, fact));
    if (order.status === 'cancelled') events.push(lifecycleEvent(orderCancelled, fact));
  } else if (
    order.status === 'cancelled' &&
    hasMoney(order) &&
    order.payment?.status !== earlier?.payment?.status
  ) {
    events.push(lifecycleEvent(orderPaymentLate, fact));
  }
  if ((order.mailRequests?.length ?? 0) > (earlier?.mailRequests?.length ?? 0))
    events.push(lifecycleEvent(orderMailRequested, fact));
  return events;
};

const refundEventsOf = (before: Item | undefined, after: Item): readonly LifecycleEvent[] => {
  const { status } = toRefund(after);
  if (before !== undefined && toRefund(before).status === status) return [];
  const definition = {
    requested: refundRequested,
    pending: undefined,
    succeeded: refundSucceeded,
    failed: refundFailed,
  }[status];
  return definition === undefined ? [] : [lifecycleEvent(definition, refundFact(after))];
};

/** Each new order that must be paid starts its machine, named by its id. */
export const orderMachines =
  (machineArn: string, clock: () => number) =>
  ({ kind, after }: StreamChange): readonly MachineStart[] => {
    if (kind !== 'INSERT' || after?.sk !== 'ORDER') return [];
    const { orderId, payBy } = toOrder(after);
    return payBy === undefined ? [] : [machineStart(machineArn, { orderId, payBy }, clock())];
  };

/** The start of an order’s machine, at an instant in epoch seconds. */
export const machineStart = (
  machineArn: string,
  { orderId, payBy }: { readonly orderId: string; readonly payBy: number },
  now: number,
): MachineStart => {
  const input: MachineInput = { orderId, payBy, timeoutSeconds: Math.max(1, payBy + 1 - now) };
  return { machineArn, name: machineName(orderId), input };
};
