import type { Table } from '../platform/table.ts';
import type { Order } from './order.ts';

export {
  orderCancelled,
  orderConfirmed,
  orderMailRequested,
  orderPaymentLate,
  refundFailed,
  refundSucceeded,
} from './lifecycle.ts';
export type { Order, OrderItem } from './order.ts';

/** An order as it is now, for those who tell its customer of it; strongly consistent. */
export const readOrder = (table: Table, orderId: string): Promise<Order | undefined> =>
  table.get<Order>({ pk: `ORDER#${orderId}`, sk: 'ORDER' }, { consistent: true });
