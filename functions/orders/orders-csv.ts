import { csvPart } from './csv-part.ts';
import { itemsOf } from './find-orders.ts';
import type { Order } from './order.ts';

const columns = [
  'order_id',
  'ordered_at',
  'order_status',
  'cancel_reason',
  'customer_name',
  'customer_email',
  'customer_locale',
  'promo_code',
  'place',
  'ticket_type',
  'attendee_name',
  'attendee_email',
  'ticket_status',
  'price',
  'currency',
] as const;

/** Minor units as a decimal number with the fraction digits that ICU gives the currency (0, 2 or 3). */
const decimal = (currency: string): ((amount: number) => string) => {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return (amount) => (amount / 10 ** maximumFractionDigits).toFixed(maximumFractionDigits);
};

const rowsOf = (order: Order, sessionId: string): readonly Record<(typeof columns)[number], string>[] => {
  const price = decimal(order.currency);
  return itemsOf(order, sessionId).map((item) => ({
    order_id: order.orderId,
    ordered_at: order.createdAt,
    order_status: order.status,
    cancel_reason: order.cancelReason ?? '',
    customer_name: order.customer.name,
    customer_email: order.customer.email,
    customer_locale: order.customer.locale,
    promo_code: order.promoCode ?? '',
    place: item.place,
    ticket_type: item.ticketTypeName,
    attendee_name: item.attendee.name,
    attendee_email: item.attendee.email,
    ticket_status: item.status,
    price: price(item.total),
    currency: order.currency,
  }));
};

/** A part of a session’s orders as CSV, a row for each place. */
export const ordersCsv = (
  orders: readonly Order[],
  sessionId: string,
  { isFirst }: { readonly isFirst: boolean },
): string =>
  csvPart(
    columns,
    orders.flatMap((order) => rowsOf(order, sessionId)),
    isFirst,
  );
