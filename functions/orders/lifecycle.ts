import * as z from 'zod';
import { defineLifecycleEvent } from '../platform/lifecycle-event.ts';
import { cancelReason, orderStatus } from './order.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

/** Neither names nor addresses: events are kept for a year. Who needs them reads the order. */
const orderData = z.object({
  orderId: z.string(),
  status: orderStatus,
  cancelReason: cancelReason.optional(),
  sessionIds: z.array(z.string()),
  ticketIds: z.array(z.string()),
  holdIds: z.array(z.string()),
  total: z.object({ amount: z.int(), currency: z.string() }),
});

const orderExample: z.input<typeof orderData> = {
  orderId: id('ord'),
  status: 'confirmed',
  sessionIds: [id('ses')],
  ticketIds: [id('tkt')],
  holdIds: [id('hld')],
  total: { amount: 9_450, currency: 'EUR' },
};

const orderEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'order',
    data: orderData,
    example: orderExample,
  });

export const orderCreated = orderEvent('ORDER-CREATED', 'A customer orders the places of holds.');
export const orderConfirmed = orderEvent(
  'ORDER-CONFIRMED',
  'Its places are sold to it and its tickets stand; money that was authorized is captured next.',
);
export const orderCancelled = orderEvent(
  'ORDER-CANCELLED',
  'It ended without its places, or was undone: `cancelReason` says why.',
);
export const orderPaymentLate = orderEvent(
  'ORDER-PAYMENT-LATE',
  'Money came for an order that had ended: it is voided or refunded, and the customer told.',
);

const refundData = z.object({
  refundId: z.string(),
  orderId: z.string(),
  ticketIds: z.array(z.string()),
  amount: z.object({ amount: z.int(), currency: z.string() }),
});
const refundEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'refund',
    data: refundData,
    example: {
      refundId: id('rfd'),
      orderId: id('ord'),
      ticketIds: [id('tkt')],
      amount: { amount: 4_725, currency: 'EUR' },
    },
  });

export const refundRequested = refundEvent('REFUND-REQUESTED', 'Money is to be given back.');
export const refundSucceeded = refundEvent('REFUND-SUCCEEDED', 'The provider gave the money back.');
export const refundFailed = refundEvent(
  'REFUND-FAILED',
  'The provider could not give the money back: the organizer has to.',
);

export const ordersLifecycleEvents = [
  orderCreated,
  orderConfirmed,
  orderCancelled,
  orderPaymentLate,
  refundRequested,
  refundSucceeded,
  refundFailed,
] as const;
