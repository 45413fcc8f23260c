import { endTicket, readTicketId } from '../admission/contracts.ts';
import type { Fault } from '../platform/answer.ts';
import type { Change } from '../platform/lifecycle-event.ts';
import type { TransactionWrite } from '../platform/table.ts';
import { takeBackWrites } from '../ticketing/contracts.ts';
import { refundable } from './money-due.ts';
import type { Order, OrderItem, OrderStatus } from './order.ts';
import type { OrderPorts, OtherTables, Stamp } from './ports.ts';
import type { Refund } from './refund.ts';
import { lastRefundId, requestRefund } from './request-refund.ts';

/** What an organizer gives back: tickets, all that are valid, or an amount. */
export type WantedRefund =
  | { readonly kind: 'tickets'; readonly ticketIds: readonly string[] | undefined; readonly restock: boolean }
  | { readonly kind: 'amount'; readonly amount: number; readonly currency: string };

export interface NewRefund {
  readonly refundId: string;
  readonly requestHash: string;
  readonly reason: string;
  readonly wanted: WantedRefund;
}

export type RefundDecision =
  | {
      readonly kind: 'refund';
      /** Minor units. */
      readonly amount: number;
      /** Items whose tickets end. */
      readonly items: readonly OrderItem[];
      readonly restock: boolean;
    }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'nothing_left' }
  | { readonly kind: 'not_settled' }
  | { readonly kind: 'not_allowed'; readonly status: OrderStatus };

const serialOf = (ticketId: string): string => readTicketId(ticketId).serial;

/**
 * What a refund gives back and which tickets end with it. Tickets give back what of their price is refundable,
 * as far as that much of the order’s money is left. Of an order that was cancelled an amount can be given back: what its
 * own refund left (kept fees), or could not pay out.
 */
export const decideRefund = (order: Order, wanted: WantedRefund): RefundDecision => {
  const hasMoney = order.status === 'cancelled' && order.payment?.status === 'captured';
  if (order.status !== 'confirmed' && !(hasMoney && wanted.kind === 'amount'))
    return { kind: 'not_allowed', status: order.status };
  if (order.payment?.status === 'authorized') return { kind: 'not_settled' };
  const left = refundable(order);
  if (wanted.kind === 'amount') {
    if (left === 0) return { kind: 'nothing_left' };
    const fault = amountFault(order, wanted, left);
    if (fault !== undefined) return { kind: 'faults', faults: [fault] };
    return { kind: 'refund', amount: wanted.amount, items: [], restock: false };
  }
  const chosen = chooseItems(order, wanted.ticketIds);
  if ('faults' in chosen) return { kind: 'faults', faults: chosen.faults };
  if (chosen.items.length === 0) return { kind: 'nothing_left' };
  const sum = chosen.items.reduce((total, item) => total + item.refundable, 0);
  return { kind: 'refund', amount: Math.min(sum, left), items: chosen.items, restock: wanted.restock };
};

const amountFault = (
  order: Order,
  { amount, currency }: WantedRefund & { kind: 'amount' },
  left: number,
): Fault | undefined => {
  const fault = (pointer: string, code: string, detail: string) =>
    ({ in: 'body', pointer, code, detail }) as const;
  if (currency !== order.currency)
    return fault('/amount/currency', 'OTHER_CURRENCY', `The order is in ${order.currency}.`);
  if (amount === 0) return fault('/amount/amount', 'TOO_SMALL', 'Give back at least one minor unit.');
  return amount > left
    ? fault('/amount/amount', 'OVER_CAPTURED', `${left} of the order is left.`)
    : undefined;
};

const chooseItems = (
  order: Order,
  ticketIds: readonly string[] | undefined,
): { readonly items: readonly OrderItem[] } | { readonly faults: readonly Fault[] } => {
  const valid = order.items.filter(({ status }) => status === 'valid');
  if (ticketIds === undefined) return { items: valid };
  const faults: Fault[] = [];
  const items: OrderItem[] = [];
  for (const [index, ticketId] of ticketIds.entries()) {
    const fault = (code: string, detail: string): void => {
      faults.push({ in: 'body', pointer: `/ticketIds/${index}`, code, detail });
    };
    // A transfer changes a ticket’s id, never its serial.
    const item = order.items.find((candidate) => serialOf(candidate.ticketId) === serialOf(ticketId));
    if (item === undefined) fault('UNKNOWN_TICKET', 'The order has no such ticket.');
    else if (items.includes(item)) fault('DUPLICATE_TICKET', 'This ticket stands in the list already.');
    else if (item.status !== 'valid') fault('TICKET_ENDED', `This ticket is ${item.status} already.`);
    else items.push(item);
  }
  return faults.length > 0 ? { faults } : { items };
};

/** The order’s items when some of them have ended. */
export const withEnded = (
  { items }: Order,
  ended: readonly OrderItem[],
  status: 'refunded' | 'cancelled',
): readonly OrderItem[] => items.map((item) => (ended.includes(item) ? { ...item, status } : item));

/** The writes that end tickets, and put their places back on sale or not. */
export const endingWrites = (
  tables: OtherTables,
  ended: readonly OrderItem[],
  status: 'refunded' | 'cancelled',
  restock: boolean,
  change: Change,
): readonly TransactionWrite[] => [
  ...ended.map(({ ticketId }) => endTicket(tables.admission, serialOf(ticketId), status, change)),
  ...(restock ? takeBackWrites(tables.ticketing, ended) : []),
];

export type NewRefundOutcome =
  | { readonly kind: 'requested'; readonly refund: Refund }
  | { readonly kind: 'replayed'; readonly refund: Refund }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'missing' }
  | Exclude<RefundDecision, { readonly kind: 'refund' }>;

/**
 * Gives money of a confirmed order back: the promise, the end of its tickets and their places are one
 * transaction; the provider is asked by the consumer of REFUND-REQUESTED. Two at once never promise more than
 * was captured: the second decides anew on what the first has left.
 */
export const createRefund = async (
  ports: Pick<OrderPorts, 'orders' | 'tables'>,
  orderId: string,
  { refundId, requestHash, reason, wanted }: NewRefund,
  stamp: Stamp,
): Promise<NewRefundOutcome> => {
  const { orders, tables } = ports;
  for (;;) {
    const order = await orders.get(orderId);
    if (order === undefined) return { kind: 'missing' };
    const decision = decideRefund(order, wanted);
    const old = decision.kind === 'refund' ? undefined : await orders.getRefund(orderId, refundId);
    if (old !== undefined) return asRepeat(old, requestHash);
    if (decision.kind !== 'refund') return decision;
    // A cancelled order gives back all it has by itself; until that refund is made there is nothing to repeat.
    if (order.status === 'cancelled' && (await orders.getRefund(orderId, lastRefundId(order))) === undefined)
      return { kind: 'not_settled' };
    const { items, amount, restock } = decision;
    const outcome = await requestRefund(
      ports,
      order,
      { refundId, requestHash, reason, amount, ticketIds: items.map(({ ticketId }) => ticketId) },
      items.length === 0 ? undefined : withEnded(order, items, 'refunded'),
      endingWrites(tables, items, 'refunded', restock, stamp('ticket.refunded')),
      stamp,
    );
    if (outcome.kind === 'replayed') return asRepeat(outcome.refund, requestHash);
    if (outcome.kind === 'requested') return outcome;
    if (outcome.kind === 'refused')
      throw new Error(`Order ${orderId} has tickets that have ended, or places that are not sold`);
  }
};

const asRepeat = (old: Refund, requestHash: string): NewRefundOutcome =>
  old.requestHash === requestHash ? { kind: 'replayed', refund: old } : { kind: 'key_reused' };
