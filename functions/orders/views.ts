import type * as z from 'zod';
import type { Order } from './order.ts';
import type { OrderRecord } from './order-store.ts';
import type { Refund } from './refund.ts';
import type { orderSchema, refundSchema } from './routes.ts';

const moneyOf =
  ({ currency }: { readonly currency: string }) =>
  (amount: number) => ({ amount, currency });

/** A refund as the API shows it. */
export const refundView = (refund: Refund): z.input<typeof refundSchema> => ({
  id: refund.refundId,
  status: refund.status,
  amount: moneyOf(refund)(refund.amount),
  ticketIds: [...refund.ticketIds],
  reason: refund.reason,
  createdAt: refund.createdAt,
});

/** The first instant at which an order may no longer be paid: `payBy` is its last second. */
const deadline = (payBy: number): string => new Date((payBy + 1) * 1_000).toISOString();

/** What an order’s tickets are called while it has any. */
const ticketsOf = ({ items }: Order) =>
  items
    .filter(({ status }) => status !== 'open')
    .map(({ ticketId, place, sessionId, status }) => ({ id: ticketId, place, sessionId, status }));

/** An order as the API shows it. */
export const orderView = ({ order, refunds }: OrderRecord): z.input<typeof orderSchema> => {
  const money = moneyOf(order);
  const payment = order.payment && {
    id: order.payment.paymentId,
    provider: order.payment.provider,
    status: order.payment.status,
    ...(order.payment.clientSecret !== undefined && { clientSecret: order.payment.clientSecret }),
  };
  return {
    id: order.orderId,
    status: order.status,
    ...(order.cancelReason !== undefined && { cancelReason: order.cancelReason }),
    total: money(order.total),
    customer: order.customer,
    items: order.items.map((item) => ({
      sessionId: item.sessionId,
      eventId: item.eventId,
      place: item.place,
      ticketTypeId: item.ticketTypeId,
      ticketTypeName: item.ticketTypeName,
      total: money(item.total),
      attendee: item.attendee,
      status: item.status,
    })),
    lines: order.lines.map(({ amount, ...line }) => ({ ...line, amount: money(amount) })),
    tickets: ticketsOf(order),
    ...(payment !== undefined && { payment }),
    payments: payment === undefined ? [] : [payment],
    refunds: refunds.map(refundView),
    refunded: money(order.refunded),
    ...(order.payBy !== undefined && { payBy: deadline(order.payBy) }),
    ...(order.offeredHoldIds !== undefined && { offeredHoldIds: [...order.offeredHoldIds] }),
    createdAt: order.createdAt,
  };
};
