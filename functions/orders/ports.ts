import type { Change } from '../platform/lifecycle-event.ts';
import type { OrderClaims } from '../ticketing/contracts.ts';
import type { Orders } from './order-store.ts';
import type { PaymentProvider, ProviderName } from './payments/payment-port.ts';

/** Stamp of a change made at an instant: `stamp('order.created')`. */
export type Stamp = (what: string) => Change;

/** The adapter of a provider by name. */
export type Providers = (name: ProviderName) => Promise<PaymentProvider>;

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
