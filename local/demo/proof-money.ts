import { type Check, check } from './check.ts';
import type { SoldOrder } from './proof-places.ts';

/** An order with its money, in minor units. */
export interface PaidOrder extends SoldOrder {
  /** What its holds were shown to cost. */
  readonly shown: number;
  readonly total: number;
  /** Given back, as the order has it. */
  readonly refunded: number;
  /** As the order has it: `captured`, `voided`, … */
  readonly payment: string;
}

export interface MoneyEvidence {
  readonly orders: readonly PaidOrder[];
  /** What the provider’s own books say of each order’s payment, in minor units. */
  readonly books: ReadonlyMap<string, { readonly captured: number; readonly refunded: number }>;
  /** Orders of the session as its organizer lists them. */
  readonly listed: readonly { readonly id: string; readonly status: string; readonly refunded: number }[];
}

/** `1234500` → `12,345.00`. */
export const euros = (amount: number): string =>
  (amount / 100).toLocaleString('en', { minimumFractionDigits: 2 });

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);
const validOf = ({ items }: SoldOrder) => items.filter(({ status }) => status === 'valid');
const priceOf = (order: SoldOrder): number => sum(validOf(order).map(({ price }) => price));

/** What is claimed of the money. */
export const proveMoney = ({ orders, books, listed }: MoneyEvidence): readonly Check[] => {
  const inList = new Map(listed.map((order) => [order.id, order]));
  const all = [...books.values()];
  const captured = sum(all.map((book) => book.captured));
  const refunded = sum(all.map((book) => book.refunded));
  const price = sum(orders.map(priceOf));
  const tickets = sum(orders.map((order) => validOf(order).length));
  return [
    check(
      'captured − refunded is the price of the valid tickets, at the provider and in each order',
      `EUR ${euros(captured)} − ${euros(refunded)} = ${euros(price)} of ${tickets} tickets`,
      orders.flatMap((order) => {
        const book = books.get(order.id);
        if (book === undefined) return [`the provider does not know the payment of ${order.id}`];
        const taken = order.payment === 'captured' ? order.total : 0;
        const due = priceOf(order);
        return [
          ...(book.captured - book.refunded === due
            ? []
            : [
                `the provider has ${euros(book.captured)} − ${euros(book.refunded)} of ${order.id}, whose valid tickets cost ${euros(due)}`,
              ]),
          ...(taken === book.captured && order.refunded === book.refunded
            ? []
            : [
                `${order.id} says ${euros(taken)} − ${euros(order.refunded)}, the provider ${euros(book.captured)} − ${euros(book.refunded)}`,
              ]),
        ];
      }),
    ),
    check(
      'who got no ticket was charged nothing, and nobody more than was shown',
      `${orders.filter(({ items }) => items.every(({ status }) => status === 'open')).length} orders without tickets`,
      orders.flatMap((order) => {
        const { id, items, shown, total } = order;
        const charged = books.get(id)?.captured ?? 0;
        const hadTickets = items.some(({ status }) => status !== 'open');
        return [
          ...(total === shown && sum(items.map((item) => item.price)) === total
            ? []
            : [`${id} costs ${euros(total)} and was shown at ${euros(shown)}`]),
          ...(hadTickets || charged === 0 ? [] : [`${id} got no ticket for ${euros(charged)}`]),
        ];
      }),
    ),
    check('the organizer’s list has exactly these orders', `${listed.length} orders`, [
      ...orders.flatMap(({ id, status, refunded: given }) => {
        const seen = inList.get(id);
        if (seen === undefined) return [`${id} is not in the list`];
        return seen.status === status && seen.refunded === given
          ? []
          : [`${id} is ${status} and listed as ${seen.status}, or refunded otherwise`];
      }),
      ...listed.flatMap(({ id }) =>
        orders.some((order) => order.id === id) ? [] : [`${id} is listed and nobody’s`],
      ),
      ...(inList.size === listed.length ? [] : ['an order is listed twice']),
    ]),
  ];
};
