import type { Change } from '../platform/lifecycle-event.ts';
import type { OrderClaims } from '../ticketing/contracts.ts';
import type { Orders } from './order-store.ts';

/** Stamp of a change made at an instant: `stamp('order.created')`. */
export type Stamp = (what: string) => Change;

/** Tables of other contexts that the transactions of orders write to. */
export interface OtherTables {
  readonly ticketing: string;
  readonly admission: string;
}

/** What confirming and ending an order stands on. */
export interface OrderPorts {
  readonly orders: Orders;
  readonly claims: Pick<OrderClaims, 'freeSlots'>;
  readonly tables: OtherTables;
  /** Epoch seconds. */
  readonly clock: () => number;
}
