import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../platform/lifecycle-event.ts';
import { outstandingPartitionOf } from '../platform/outstanding.ts';
import {
  absent,
  type Item,
  type Refusal,
  type Table,
  type TransactionWrite,
  type UpdateExpression,
} from '../platform/table.ts';
import { type Order, type OrderCommand, orderTransitions, statusesBefore } from './order.ts';
import { markAfter } from './outstanding.ts';
import type { PromoCode } from './promo-code.ts';
import { claimPromoUse } from './promo-store.ts';
import type { Refund } from './refund.ts';
import { type ListPage, readList } from './session-index.ts';

/** What became of a new order. */
export type OrderPut =
  | { readonly kind: 'created' }
  | { readonly kind: 'exists'; readonly old: Order }
  /** The use of its promo code could not be claimed: the code as it is, if it is there; nothing was written. */
  | { readonly kind: 'promo_refused'; readonly promo: PromoCode | undefined }
  /** Refused by writes beside it, indexed like them; nothing was written. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** What became of a change of an order. */
export type OrderChanged =
  | { readonly kind: 'changed'; readonly order: Order }
  /** It has changed since it was read: as it is now. */
  | { readonly kind: 'stale'; readonly order: Order };

/** What became of a change that has writes beside it. */
export type OrderChangedWith =
  | OrderChanged
  /** Refused by writes beside it, indexed like them; nothing was written. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** An order with all that belongs to it. */
export interface OrderRecord {
  readonly order: Order;
  /** Oldest first. */
  readonly refunds: readonly Refund[];
}

/** Fields that a change may set. */
export type OrderFields = Partial<
  Pick<
    Order,
    | 'cancelReason'
    | 'cancelledSessionId'
    | 'payment'
    | 'captured'
    | 'refunded'
    | 'items'
    | 'offeredHoldIds'
    | 'mailRequests'
  >
>;

export const orderKey = (orderId: string) => ({ pk: `ORDER#${orderId}`, sk: 'ORDER' });
const refundKey = ({ orderId, refundId }: Pick<Refund, 'orderId' | 'refundId'>) => ({
  pk: `ORDER#${orderId}`,
  sk: `REFUND#${refundId}`,
});

export const cancellationKey = (sessionId: string) => ({ pk: `SESSION#${sessionId}`, sk: 'CANCELLATION' });

/** An order without what only the table needs; as the stream shows it too. */
export const toOrder = (item: Item): Order => {
  const { pk: _pk, sk: _sk, gsi1pk: _gsi1pk, gsi1sk: _gsi1sk, due: _due, change: _change, ...order } = item;
  return order as unknown as Order;
};

export const toRefund = (item: Item): Refund => {
  const { pk: _pk, sk: _sk, gsi1pk: _gsi1pk, gsi1sk: _gsi1sk, change: _change, ...refund } = item;
  return refund as unknown as Refund;
};

/** The sessions an order has places of. */
export const sessionsOf = ({ holds }: Pick<Order, 'holds'>): readonly string[] => [
  ...new Set(holds.map(({ sessionId }) => sessionId)),
];

/**
 * The mark of an order that something may still be due to: the partition of a sparse index. It follows from the order and never
 * changes, so that only setting it and taking it away cost a write of the index.
 */
export const markOf = (orderId: string) => ({ due: outstandingPartitionOf(orderId) });

/** The order’s item; it stands in the list of its first session itself. */
const toItem = (order: Order, change: Change): Item => ({
  ...orderKey(order.orderId),
  ...listKey(sessionsOf(order)[0] ?? '', order),
  // A free order is put confirmed: nothing is due to it any more.
  ...(order.status !== 'confirmed' && markOf(order.orderId)),
  ...order,
  change,
});

/** Partition of the list of a session’s orders. */
export const sessionListKey = (sessionId: string): string => `SESSION#${sessionId}`;

const listKey = (sessionId: string, { createdAt }: Order) => ({
  gsi1pk: sessionListKey(sessionId),
  gsi1sk: createdAt,
});

/** Where an order stands in the list of one of its sessions: the key to go on after. */
export const positionInList = (order: Order, sessionId: string): Readonly<Record<string, string>> => ({
  pk: `ORDER#${order.orderId}`,
  sk: sessionsOf(order)[0] === sessionId ? 'ORDER' : `SESSION#${sessionId}`,
  ...listKey(sessionId, order),
});

/** A refund that follows from a cancelled session stands in a list of these, by its status. */
const refundListKey = ({ cancelledSessionId, status, orderId, refundId }: Refund) =>
  cancelledSessionId === undefined
    ? {}
    : { gsi1pk: `REFUNDS#${cancelledSessionId}`, gsi1sk: `${status}#${orderId}#${refundId}` };

/** In the list of each further session stands a reference. */
const referencesTo = (order: Order): readonly TransactionWrite[] =>
  sessionsOf(order)
    .slice(1)
    .map((sessionId) => ({
      put: {
        pk: `ORDER#${order.orderId}`,
        sk: `SESSION#${sessionId}`,
        ...listKey(sessionId, order),
      },
    }));

/** Writes of the orders table that a new order takes: itself, its references, the use of its promo code. */
export const newOrderWrites = (order: Pick<Order, 'holds' | 'promoUse'>): number =>
  sessionsOf(order).length + (order.promoUse === undefined ? 0 : 1);

/** The update that takes an order from what was read to what a command makes of it. */
const toUpdate = (
  order: Order,
  command: OrderCommand | undefined,
  fields: OrderFields,
  change: Change,
): UpdateExpression => {
  const status = command && orderTransitions[order.status][command];
  const mark = markAfter({ ...order, ...fields, ...(status !== undefined && { status }) }, command, fields);
  const set = Object.entries({
    ...fields,
    ...(status !== undefined && { status }),
    ...(mark === 'set' && markOf(order.orderId)),
  }).filter(([, value]) => value !== undefined);
  const from = command === undefined ? [] : statusesBefore(command);
  return {
    update: `SET #revision = :next, #change = :change${set.map(([name]) => `, #${name} = :${name}`).join('')}${mark === 'clear' ? ' REMOVE #due' : ''}`,
    condition:
      from.length === 0
        ? '#revision = :revision'
        : `#revision = :revision AND #status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
    names: {
      '#revision': 'revision',
      '#change': 'change',
      ...(from.length > 0 && { '#status': 'status' }),
      ...(mark === 'clear' && { '#due': 'due' }),
      ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
    },
    values: {
      ':revision': order.revision,
      ':next': order.revision + 1,
      ':change': change,
      ...Object.fromEntries(from.map((name, index) => [`:from${index}`, name])),
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    },
  };
};

/** Orders and what belongs to them, in the orders table. */
export const openOrders = (table: Table) => {
  const get = async (orderId: string): Promise<Order | undefined> => {
    const item = await table.get(orderKey(orderId), { consistent: true });
    return item && toOrder(item);
  };

  return {
    get,

    /** The order with its refunds: one query. */
    async read(orderId: string): Promise<OrderRecord | undefined> {
      const items: Item[] = [];
      let from: Readonly<Record<string, unknown>> | undefined;
      do {
        const page = await table.query<Item>({
          pk: `ORDER#${orderId}`,
          consistent: true,
          ...(from && { from }),
        });
        items.push(...page.items);
        from = page.next;
      } while (from !== undefined);
      const order = items.find(({ sk }) => sk === 'ORDER');
      if (order === undefined) return undefined;
      const refunds = items.filter(({ sk }) => sk.startsWith('REFUND#')).map(toRefund);
      return {
        order: toOrder(order),
        refunds: refunds.sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
      };
    },

    /** Puts a new order, with the writes beside it or not at all. */
    async create(order: Order, change: Change, beside: readonly TransactionWrite[] = []): Promise<OrderPut> {
      const item = toItem(order, change);
      const own = [
        ...(order.promoUse === undefined ? [] : [claimPromoUse(order.promoUse)]),
        ...referencesTo(order),
      ];
      if (own.length === 0 && beside.length === 0) {
        const result = await table.put(item, absent);
        if (result.written) return { kind: 'created' };
        if (result.old === undefined) throw new Error('A refused put came without the item that refused it');
        // The SDK tries again when an answer is lost: what it then finds is this very order.
        return isDeepStrictEqual(result.old['change'], change)
          ? { kind: 'created' }
          : { kind: 'exists', old: toOrder(result.old) };
      }
      const before = 1 + own.length;
      const result = await table.transact([{ put: item, when: absent }, ...own, ...beside]);
      if (result.written) return { kind: 'created' };
      const old = result.refusals.find(({ index }) => index === 0)?.old;
      if (old !== undefined) return { kind: 'exists', old: toOrder(old) };
      const promo = result.refusals.find(({ index }) => index === 1);
      if (order.promoUse !== undefined && promo !== undefined)
        return { kind: 'promo_refused', promo: promo.old as PromoCode | undefined };
      return {
        kind: 'refused',
        refusals: result.refusals.map((refusal) => ({ ...refusal, index: refusal.index - before })),
      };
    },

    /**
     * Changes an order as it was read: by a command, which must be allowed in its status (`orderTransitions`),
     * or without one what is noted about it.
     */
    async change(
      order: Order,
      command: OrderCommand | undefined,
      fields: OrderFields,
      change: Change,
    ): Promise<OrderChanged> {
      const by = toUpdate(order, command, fields, change);
      const result = await table.update<Item>(orderKey(order.orderId), by);
      if (result.written) return { kind: 'changed', order: toOrder(result.item) };
      if (result.old === undefined) throw new Error(`Order ${order.orderId} is gone`);
      return { kind: 'stale', order: toOrder(result.old) };
    },

    /** The same with writes beside it: all or none. */
    async changeWith(
      order: Order,
      command: OrderCommand | undefined,
      fields: OrderFields,
      change: Change,
      beside: readonly TransactionWrite[],
    ): Promise<OrderChangedWith> {
      const by = toUpdate(order, command, fields, change);
      const result = await table.transact([{ update: orderKey(order.orderId), by }, ...beside]);
      if (result.written) {
        const status = (command && orderTransitions[order.status][command]) ?? order.status;
        return { kind: 'changed', order: { ...order, ...fields, status, revision: order.revision + 1 } };
      }
      const own = result.refusals.find(({ index }) => index === 0);
      if (own !== undefined) {
        if (own.old === undefined) throw new Error(`Order ${order.orderId} is gone`);
        return { kind: 'stale', order: toOrder(own.old) };
      }
      return {
        kind: 'refused',
        refusals: result.refusals.map((refusal) => ({ ...refusal, index: refusal.index - 1 })),
      };
    },

    async getRefund(orderId: string, refundId: string): Promise<Refund | undefined> {
      const item = await table.get(refundKey({ orderId, refundId }), { consistent: true });
      return item && toRefund(item);
    },

    /** The write that records a new refund, for the transaction that promises its money. */
    putRefund: (refund: Refund, change: Change): TransactionWrite => ({
      table: table.name,
      put: { ...refundKey(refund), ...refundListKey(refund), ...refund, change },
      when: absent,
    }),

    /** The write that takes a refund on from what was read. */
    changeRefund: (
      refund: Refund,
      fields: Partial<Pick<Refund, 'status' | 'providerRefundId'>>,
      change: Change,
    ): TransactionWrite => {
      const set = Object.entries({ ...fields, ...refundListKey({ ...refund, ...fields }) }).filter(
        ([name, value]) => value !== undefined && name !== 'gsi1pk',
      );
      return {
        table: table.name,
        update: refundKey(refund),
        by: {
          update: `SET #revision = :next, #change = :change${set.map(([name]) => `, #${name} = :${name}`).join('')}`,
          condition: '#revision = :revision',
          names: {
            '#revision': 'revision',
            '#change': 'change',
            ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
          },
          values: {
            ':revision': refund.revision,
            ':next': refund.revision + 1,
            ':change': change,
            ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
          },
        },
      };
    },

    /** Writes that belong to one thing, all or none. */
    transact: (writes: readonly TransactionWrite[]) => table.transact(writes),

    /** That progress; undefined before the first batch has begun. */
    getCancellation: (sessionId: string) =>
      table.get<CancellationProgress>(cancellationKey(sessionId), { consistent: true }),

    /** A page of the orders of a session (at most 100), newest first. */
    async ofSession(
      sessionId: string,
      page: ListPage,
    ): Promise<{ readonly orders: readonly Order[]; readonly next?: Readonly<Record<string, unknown>> }> {
      const { items, next } = await readList(table, sessionListKey(sessionId), 'ORDER', page);
      return { orders: items.map(toOrder), ...(next && { next }) };
    },
  };
};

/** How far the orders of a cancelled session are undone. */
export interface CancellationProgress {
  readonly status: 'running' | 'done';
  /** Orders that there were when the first batch began: none is made after that. */
  readonly total: number;
  /** Orders that were looked at. */
  readonly orders: number;
  readonly updatedAt: string;
}

export type Orders = ReturnType<typeof openOrders>;
