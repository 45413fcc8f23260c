import { stringify } from 'csv-stringify/sync';
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

/**
 * A part of a session’s orders as CSV (RFC 4180), a row for each place. What a spreadsheet would take for a formula
 * begins with an apostrophe (OWASP, "CSV Injection"). The first part has the names of the columns, and the mark
 * by which spreadsheets know UTF-8; parts put one after the other are one file.
 */
export const ordersCsv = (
  orders: readonly Order[],
  sessionId: string,
  { isFirst }: { readonly isFirst: boolean },
): string =>
  stringify(
    orders.flatMap((order) => rowsOf(order, sessionId)),
    {
      columns: [...columns],
      header: isFirst,
      bom: isFirst,
      record_delimiter: 'windows',
      escape_formulas: true,
      // A single one of either is a new row to many a spreadsheet, which could begin with a formula.
      quoted_match: /[\r\n]/,
    },
  );
