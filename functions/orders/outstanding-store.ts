import type { Change } from '../platform/lifecycle-event.ts';
import type { Item, Table } from '../platform/table.ts';
import type { Order } from './order.ts';
import { outstandingIndex } from './order-indexes.ts';
import {
  type CancellationProgress,
  cancellationKey,
  markOf,
  openOrders,
  orderKey,
  toOrder,
} from './order-store.ts';

/** An order that something may still be due to. */
export interface OutstandingOrder {
  readonly order: Order;
  /** When it was last changed, in epoch seconds. */
  readonly changedAt: number;
  /** The token that its machine waits with, or waited. */
  readonly taskToken?: string | undefined;
}

/** The token of a machine that waits for an order that there is not. */
export interface OrphanToken {
  readonly orderId: string;
  readonly taskToken: string;
  /** Since when, in epoch seconds. */
  readonly since: number;
}

const tokenKey = (orderId: string) => ({ pk: `ORDER#${orderId}`, sk: 'TOKEN' });

/** How long the machine’s token is kept after the deadline it waits for. */
const tokenKeptSeconds = 24 * 60 * 60;

/** Orders of a page: with its token, each is two of the hundred keys that one call reads. */
const outstandingPageSize = 50;

/** Orders with the marks and the tokens of what is outstanding: for what works on them after the customer’s request. */
export const openOutstandingOrders = (table: Table) => ({
  ...openOrders(table),

  /** The order, and whether it is marked: something may still be due to it. */
  async getMarked(
    orderId: string,
  ): Promise<{ readonly order: Order; readonly isMarked: boolean } | undefined> {
    const item = await table.get(orderKey(orderId), { consistent: true });
    return item && { order: toOrder(item), isMarked: item['due'] !== undefined };
  },

  /** Notes the token that the order’s machine waits with; a later one replaces it. */
  async putToken(orderId: string, taskToken: string, payBy: number): Promise<void> {
    await table.put({ ...tokenKey(orderId), taskToken, ttl: payBy + tokenKeptSeconds }, {});
  },

  /** Notes that the machine with this token waits for an order that there is not, for the reconciliation. */
  async putOrphanToken(orderId: string, taskToken: string, payBy: number, now: number): Promise<void> {
    const mark = { ...markOf(orderId), createdAt: new Date(now * 1_000).toISOString() };
    await table.put({ ...tokenKey(orderId), ...mark, taskToken, ttl: payBy + tokenKeptSeconds }, {});
  },

  /** Forgets the token of a machine that waited for no order; one that replaced it stays. */
  async deleteToken(orderId: string, taskToken: string): Promise<void> {
    await table.delete(tokenKey(orderId), {
      condition: '#taskToken = :taskToken',
      names: { '#taskToken': 'taskToken' },
      values: { ':taskToken': taskToken },
    });
  },

  /** Takes the mark off an order that nothing is due to, while it and its payment are in the state they were read in. */
  async unmark(read: Order, change: Change): Promise<void> {
    for (let { revision } = read; ; ) {
      const result = await table.update<Item>(orderKey(read.orderId), {
        update: 'SET #revision = :next, #change = :change REMOVE #due',
        condition: '#revision = :revision',
        names: { '#revision': 'revision', '#change': 'change', '#due': 'due' },
        values: { ':revision': revision, ':next': revision + 1, ':change': change },
      });
      if (result.written || result.old?.['due'] === undefined) return;
      // A note was written meanwhile: of the offer of other places, or of a refund.
      const { status, payment, revision: current } = toOrder(result.old);
      if (status !== read.status || payment?.status !== read.payment?.status) return;
      revision = current;
    }
  },

  /**
   * A page of the marked orders of a partition (`outstandingPartitions`), oldest first, and of machines that wait
   * for no order.
   */
  async outstanding(
    partition: string,
    from?: Readonly<Record<string, unknown>>,
  ): Promise<{
    readonly orders: readonly OutstandingOrder[];
    readonly orphans: readonly OrphanToken[];
    readonly next?: Readonly<Record<string, unknown>>;
  }> {
    const page = await table.query<Item>({
      pk: partition,
      index: outstandingIndex,
      limit: outstandingPageSize,
      ...(from && { from }),
    });
    const ids = [...new Set(page.items.map(({ pk }) => pk.slice('ORDER#'.length)))];
    const keys = ids.flatMap((id) => [orderKey(id), tokenKey(id)]);
    const items = ids.length === 0 ? [] : await table.batchGet<Item>(keys, { consistent: true });
    const tokens = new Map(items.filter(({ sk }) => sk === 'TOKEN').map((item) => [item.pk, item]));
    const found = items.filter(({ sk }) => sk === 'ORDER');
    const known = new Set(found.map(({ pk }) => pk));
    return {
      // Its mark may have been taken away since the index was read.
      orders: found
        .filter((item) => item['due'] !== undefined)
        .map((item) => ({
          order: toOrder(item),
          changedAt: Date.parse((item['change'] as Change).at) / 1_000,
          taskToken: tokens.get(item.pk)?.['taskToken'] as string | undefined,
        }))
        .sort((a, b) => a.order.createdAt.localeCompare(b.order.createdAt)),
      orphans: [...tokens.values()]
        .filter(({ pk }) => !known.has(pk))
        .map((item) => ({
          orderId: item.pk.slice('ORDER#'.length),
          taskToken: item['taskToken'] as string,
          since: Date.parse(item['createdAt'] as string) / 1_000,
        })),
      ...(page.next && { next: page.next }),
    };
  },

  async getToken(orderId: string): Promise<string | undefined> {
    const item = await table.get(tokenKey(orderId), { consistent: true });
    return item?.['taskToken'] as string | undefined;
  },

  /** Notes how far the orders of a cancelled session are undone; what is told late or twice takes nothing back. */
  async noteCancellation(sessionId: string, progress: CancellationProgress): Promise<void> {
    await table.put(
      { ...cancellationKey(sessionId), ...progress },
      {
        condition: 'attribute_not_exists(pk) OR #orders <= :orders AND #status <> :done',
        names: { '#orders': 'orders', '#status': 'status' },
        values: { ':orders': progress.orders, ':done': 'done' },
      },
    );
  },
});

export type OutstandingOrders = ReturnType<typeof openOutstandingOrders>;
