import * as z from 'zod';
import { paymentStatus, providerName, refundState, stripeRoutes, testMethod } from '../payments/contracts.ts';
import { idOf } from '../platform/id-schema.ts';
import { locale } from '../platform/locale.ts';
import { money } from '../platform/money.ts';
import { optionalCaller, policy, publicAccess, route } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { cancelReason, orderId, orderItemStatus, orderStatus } from './order.ts';
import { promoCodeText } from './promo-code.ts';
import { promoCommandRoutes } from './promo-routes.ts';
import { refundId } from './refund.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const orderParams = z.strictObject({ orderId });

/** Most holds one order may take its places from; its writes are bounded by the transaction as well. */
const maxHolds = 50;

const person = { name: z.string().trim().min(1).max(120), email: z.email().max(254) };

const payment = z.strictObject({
  id: z.string(),
  provider: providerName,
  status: paymentStatus,
  clientSecret: z
    .string()
    .optional()
    .meta({ description: 'With which the customer’s browser pays, where the provider gives one.' }),
});

export const refundSchema = z
  .strictObject({
    id: refundId,
    status: refundState,
    amount: money,
    ticketIds: z.array(idOf('tkt')).meta({ description: 'Tickets that ended with it.' }),
    reason: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'Refund' });

const signedMoney = z.strictObject({ amount: z.int(), currency: z.string() });

export const orderSchema = z
  .strictObject({
    id: orderId,
    status: orderStatus,
    cancelReason: cancelReason.optional(),
    total: money,
    customer: z.strictObject({ name: z.string(), email: z.string(), locale }),
    items: z.array(
      z.strictObject({
        sessionId: idOf('ses'),
        eventId: idOf('evt'),
        place: z.string(),
        ticketTypeId: idOf('tt'),
        ticketTypeName: z.string(),
        total: money,
        attendee: z.strictObject({ name: z.string(), email: z.string() }),
        status: orderItemStatus,
      }),
    ),
    lines: z
      .array(
        z.strictObject({
          kind: z.enum(['ticket', 'discount', 'fee', 'tax']),
          item: z.int().meta({ description: 'Index into `items`.' }),
          label: z.string(),
          amount: signedMoney,
          isIncluded: z.boolean().optional().meta({ description: 'Shown, but part of other lines.' }),
        }),
      )
      .meta({ description: 'What the total is made of.' }),
    tickets: z
      .array(
        z.strictObject({
          id: idOf('tkt'),
          place: z.string(),
          sessionId: idOf('ses'),
          status: orderItemStatus,
        }),
      )
      .meta({ description: 'Once the order is confirmed; ids as they were issued, before any transfer.' }),
    payment: payment.optional(),
    payments: z.array(payment),
    refunds: z.array(refundSchema),
    refunded: money.meta({ description: 'Given back, or promised to be.' }),
    payBy: instant.optional().meta({ description: 'From this instant on an unpaid order is cancelled.' }),
    offeredHoldIds: z
      .array(idOf('hld'))
      .optional()
      .meta({ description: 'After lost places: the next best, held for this customer.' }),
    createdAt: instant,
  })
  .meta({ id: 'Order' });

const orderExample: z.input<typeof orderSchema> = {
  id: id('ord'),
  status: 'awaiting_payment',
  total: { amount: 4500, currency: 'EUR' },
  customer: { name: 'Ana Pop', email: 'ana@example.com', locale: 'ro' },
  items: [
    {
      sessionId: id('ses'),
      eventId: id('evt'),
      place: 'stalls-A-1',
      ticketTypeId: id('tt'),
      ticketTypeName: 'Stalls',
      total: { amount: 4500, currency: 'EUR' },
      attendee: { name: 'Ana Pop', email: 'ana@example.com' },
      status: 'open',
    },
  ],
  lines: [{ kind: 'ticket', item: 0, label: 'Stalls', amount: { amount: 4500, currency: 'EUR' } }],
  tickets: [],
  payment: { id: id('pay'), provider: 'test', status: 'created' },
  payments: [{ id: id('pay'), provider: 'test', status: 'created' }],
  refunds: [],
  refunded: { amount: 0, currency: 'EUR' },
  payBy: '2026-11-20T18:25:00.000Z',
  createdAt: '2026-11-20T18:05:00.000Z',
};

const capability = 'The id of an order is an unguessable capability: who knows it may use it.';

export const createOrder = route({
  operationId: 'createOrder',
  method: 'POST',
  path: '/orders',
  function: 'orders-commands',
  tags: ['Orders'],
  summary: 'Order the places of holds',
  description:
    'Holds of several sessions of one organizer and one currency. An order that costs nothing is confirmed at once; ' +
    'any other waits for its payment until `payBy`. After a lost answer or 503 send the same request again: it goes ' +
    'on from where it was. The 503 of a provider that does not answer says in `holdsExpireAt` until when the holds ' +
    `live, which it extends once. ${capability} Without a token, send a secret of your own as \`Fairground-Client\`.`,
  access: optionalCaller(),
  creates: true,
  minKeyLength: 16,
  body: z.strictObject({
    holdIds: z.array(idOf('hld')).min(1).max(maxHolds),
    customer: z.strictObject({ ...person, locale: locale.default('en') }),
    attendees: z.array(z.strictObject(person)).max(100).optional().meta({
      description:
        'One for each place, in the order of the holds and of the places in each. Left out: the customer.',
    }),
    promoCode: promoCodeText.optional(),
    payment: z
      .strictObject({ provider: providerName })
      .optional()
      .meta({ description: 'May be left out for an order that costs nothing.' }),
  }),
  requestExample: {
    holdIds: [id('hld')],
    customer: { name: 'Ana Pop', email: 'ana@example.com', locale: 'ro' },
    payment: { provider: 'test' },
  },
  responses: { 201: { description: 'The order.', schema: orderSchema, example: orderExample } },
  problems: [
    'HOLD_EXPIRED',
    'HOLD_NOT_ACTIVE',
    'ORDER_TOO_LARGE',
    'PLACES_TAKEN',
    'PROMO_CODE_REFUSED',
    'SERVICE_UNAVAILABLE',
    'SESSION_NOT_ON_SALE',
  ],
});

export const getOrder = route({
  operationId: 'getOrder',
  method: 'GET',
  path: '/orders/{orderId}',
  function: 'orders-queries',
  tags: ['Orders'],
  summary: 'An order',
  description: capability,
  access: publicAccess(),
  params: orderParams,
  responses: { 200: { description: 'The order.', schema: orderSchema, example: orderExample } },
});

export const payOrder = route({
  operationId: 'payOrder',
  method: 'POST',
  path: '/orders/{orderId}/pay',
  function: 'orders-commands',
  tags: ['Orders'],
  summary: 'Pay at the test provider',
  description:
    'Does what the customer’s browser does at a real provider; not in stages that sell to the public. `card_ok` is ' +
    'authorized at once, `card_declined` refused for good, `card_slow` authorized after some seconds, `card_never` ' +
    'never, `card_late` after the longest hold has lapsed. The first method counts.',
  access: publicAccess(),
  params: orderParams,
  body: z.strictObject({ method: testMethod }),
  requestExample: { method: 'card_ok' },
  responses: {
    202: {
      description: 'The order as it is now; slow payments change it later.',
      schema: orderSchema,
      example: orderExample,
    },
  },
  problems: ['TEST_PAYMENTS_ONLY', 'TRANSITION_NOT_ALLOWED'],
});

export const cancelOrder = route({
  operationId: 'cancelOrder',
  method: 'POST',
  path: '/orders/{orderId}/cancel',
  function: 'orders-commands',
  tags: ['Orders'],
  summary: 'Give an order up',
  description:
    'Before it is confirmed: its payment is voided and its holds are given up. Again: 202 too. A confirmed order is ' +
    'undone by its organizer, with a refund.',
  access: publicAccess(),
  params: orderParams,
  responses: { 202: { description: 'Cancelled.', schema: orderSchema, example: orderExample } },
  problems: ['TRANSITION_NOT_ALLOWED'],
});

const refundExample: z.input<typeof refundSchema> = {
  id: id('rfd'),
  status: 'requested',
  amount: { amount: 4500, currency: 'EUR' },
  ticketIds: [id('tkt')],
  reason: 'Ill on the day',
  createdAt: '2026-11-20T19:00:00.000Z',
};

const reason = z.string().trim().min(1).max(500).meta({ description: 'As the customer reads it.' });

export const createRefund = route({
  operationId: 'createRefund',
  method: 'POST',
  path: '/orders/{orderId}/refunds',
  function: 'orders-commands',
  tags: ['Orders'],
  summary: 'Give money back',
  description:
    'For tickets (all that are valid when none are named), which end with it and whose places go back on sale unless ' +
    '`restock` is false; or an `amount`, with which no ticket ends. A ticket gives back what it cost without fees that ' +
    'are kept, and never more than was captured is given back. Of a cancelled order only an `amount` can be: what its own ' +
    'refund could not pay out. `status` tells how far the provider is.',
  access: policy('CreateRefund', { kind: 'order', from: 'params.orderId' }),
  creates: true,
  params: orderParams,
  body: z.union([
    z.strictObject({
      ticketIds: z.array(idOf('tkt')).min(1).max(100).optional(),
      reason,
      restock: z.boolean().default(true),
    }),
    z.strictObject({ amount: money, reason }),
  ]),
  requestExample: { ticketIds: [id('tkt')], reason: 'Ill on the day' },
  responses: { 201: { description: 'The refund.', schema: refundSchema, example: refundExample } },
  problems: ['NOTHING_TO_REFUND', 'PAYMENT_NOT_SETTLED', 'TRANSITION_NOT_ALLOWED'],
});

export const undoOrder = route({
  operationId: 'undoOrder',
  method: 'POST',
  path: '/orders/{orderId}/undo',
  function: 'orders-commands',
  tags: ['Orders'],
  summary: 'Undo a confirmed order',
  description:
    'By its organizer: its tickets end, all money that is left goes back with the fees, and its places go back on sale ' +
    'unless `restock` is false. Its customer is told. Again: 202 too. To keep fees, refund its tickets instead.',
  access: policy('UndoOrder', { kind: 'order', from: 'params.orderId' }),
  params: orderParams,
  body: z.strictObject({ restock: z.boolean().default(true) }),
  requestExample: { restock: true },
  responses: {
    202: {
      description: 'Cancelled; its refund follows.',
      schema: orderSchema,
      example: { ...orderExample, status: 'cancelled', cancelReason: 'organizer' },
    },
  },
  problems: ['TRANSITION_NOT_ALLOWED'],
});

export const resendOrderMail = route({
  operationId: 'resendOrderMail',
  method: 'POST',
  path: '/orders/{orderId}/mails',
  function: 'orders-commands',
  tags: ['Orders'],
  summary: 'Send the tickets again',
  description:
    'By its organizer, for a customer who lost the mail: it goes to the address of the order once more, with the tickets ' +
    'that are valid and were not passed on (none is sent when there are none). Ten times an order, and once a minute.',
  access: policy('ResendOrderMail', { kind: 'order', from: 'params.orderId' }),
  creates: true,
  params: orderParams,
  responses: {
    202: {
      description: 'It is on its way.',
      schema: z.strictObject({ id: idOf('mrq'), requestedAt: instant }),
      example: { id: id('mrq'), requestedAt: '2026-11-20T19:00:00.000Z' },
    },
  },
  problems: ['MAIL_LIMIT_REACHED', 'NO_MAIL_TO_SEND'],
});

export const orderCommandRoutes = {
  createOrder,
  payOrder,
  cancelOrder,
  createRefund,
  undoOrder,
  resendOrderMail,
};
export const orderQueryRoutes = { getOrder };

export const ordersCommandRoutes = { ...orderCommandRoutes, ...promoCommandRoutes, ...stripeRoutes };
