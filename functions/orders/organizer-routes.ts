import * as z from 'zod';
import { paymentStatus } from '../payments/contracts.ts';
import { pageOf, pageQuery } from '../platform/cursor.ts';
import { idOf } from '../platform/id-schema.ts';
import { locale } from '../platform/locale.ts';
import { money } from '../platform/money.ts';
import { policy, route } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { cancelReason, orderId, orderItemStatus, orderStatus } from './order.ts';
import { refundId } from './refund.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const sessionParams = z.strictObject({ sessionId: idOf('ses') });
const onSession = { kind: 'session', from: 'params.sessionId' } as const;
const status = orderStatus.optional().meta({ description: 'Only orders in this status.' });

/** Failed refunds that one answer names. */
export const maxFailedShown = 100;

const sessionOrder = z
  .strictObject({
    id: orderId,
    status: orderStatus,
    cancelReason: cancelReason.optional(),
    customer: z.strictObject({ name: z.string(), email: z.string(), locale }),
    places: z
      .array(
        z.strictObject({
          place: z.string(),
          ticketTypeId: idOf('tt'),
          ticketTypeName: z.string(),
          total: money,
          attendee: z.strictObject({ name: z.string(), email: z.string() }),
          status: orderItemStatus,
        }),
      )
      .meta({ description: 'Those of this session.' }),
    total: money.meta({ description: 'Of the whole order, which may have places of other sessions too.' }),
    refunded: money.meta({ description: 'Given back, or promised to be.' }),
    paymentStatus: paymentStatus.optional().meta({
      description:
        'None for a free order. `voided` of a confirmed order: the bank took the money back before it was captured.',
    }),
    promoCode: z.string().optional(),
    createdAt: instant,
  })
  .meta({ id: 'SessionOrder' });

const sessionOrderExample: z.input<typeof sessionOrder> = {
  id: id('ord'),
  status: 'confirmed',
  customer: { name: 'Ana Pop', email: 'ana@example.com', locale: 'ro' },
  places: [
    {
      place: 'stalls-A-1',
      ticketTypeId: id('tt'),
      ticketTypeName: 'Stalls',
      total: { amount: 4500, currency: 'EUR' },
      attendee: { name: 'Ana Pop', email: 'ana@example.com' },
      status: 'valid',
    },
  ],
  total: { amount: 4500, currency: 'EUR' },
  refunded: { amount: 0, currency: 'EUR' },
  paymentStatus: 'captured',
  createdAt: '2026-11-20T18:05:00.000Z',
};

export const listOrders = route({
  operationId: 'listOrders',
  method: 'GET',
  path: '/sessions/{sessionId}/orders',
  function: 'orders-queries',
  tags: ['Orders of a session'],
  summary: 'Orders of a session, newest first',
  description:
    'For owners and managers: orders name people. `search` is the id of an order or the whole e-mail address of a ' +
    'customer. A request looks at 1,000 orders at most: with a filter, a page may be short or empty while ' +
    '`nextCursor` leads on. A new order is in the list within a second or so.',
  access: policy('ListOrders', onSession),
  params: sessionParams,
  query: z.strictObject({
    ...pageQuery,
    status,
    search: z
      .union([orderId, z.email().max(254)])
      .optional()
      .meta({ description: 'Id of an order, or e-mail address of its customer.' }),
  }),
  responses: {
    200: {
      description: 'A page.',
      schema: pageOf(sessionOrder),
      example: { items: [sessionOrderExample] },
    },
  },
});

export const exportOrders = route({
  operationId: 'exportOrders',
  method: 'GET',
  path: '/sessions/{sessionId}/orders.csv',
  function: 'orders-queries',
  tags: ['Orders of a session'],
  summary: 'Orders of a session as CSV, a row for each place',
  description:
    'Newest first, in parts of 1,000 orders or 2,000 places at most. While there is more, `Link` with `rel="next"` ' +
    'leads to the next part; only the first has the names of the columns, so that parts put one after the other are ' +
    'one file. A cell that a spreadsheet would take for a formula begins with an apostrophe.',
  access: policy('ExportOrders', onSession),
  params: sessionParams,
  query: z.strictObject({ cursor: pageQuery.cursor, status }),
  responses: {
    200: { description: 'A part, RFC 4180 in UTF-8.', document: { mediaType: 'text/csv', isBinary: false } },
  },
});

export const getCancellation = route({
  operationId: 'getCancellation',
  method: 'GET',
  path: '/sessions/{sessionId}/cancellation',
  function: 'orders-queries',
  tags: ['Orders of a session'],
  summary: 'How far the orders of a cancelled session are undone and refunded',
  description:
    'Undoing begins some minutes after the cancellation; refunds follow each order, and are counted a second or so late. ' +
    '404 for a session that is not cancelled.',
  access: policy('ReadCancellation', onSession),
  params: sessionParams,
  responses: {
    200: {
      description: 'Orders that are undone and still to be; refunds by what became of them.',
      schema: z.strictObject({
        status: z.enum(['waiting', 'running', 'done']).meta({ description: 'Of undoing the orders.' }),
        orders: z.strictObject({
          done: z.int(),
          remaining: z.int().optional().meta({ description: 'Left out while they are not counted yet.' }),
        }),
        refunds: z.strictObject({
          done: z.int(),
          remaining: z.int().meta({ description: 'Asked for, or on their way at the provider.' }),
          failed: z.int(),
        }),
        failed: z.array(z.strictObject({ orderId, refundId })).max(maxFailedShown).meta({
          description: 'The first hundred that the provider could not pay out: the organizer has to.',
        }),
        updatedAt: instant.optional().meta({ description: 'When the last orders were undone.' }),
      }),
      example: {
        status: 'running',
        orders: { done: 250, remaining: 353 },
        refunds: { done: 231, remaining: 18, failed: 1 },
        failed: [{ orderId: id('ord'), refundId: id('rfd') }],
        updatedAt: '2026-11-20T19:00:00.000Z',
      },
    },
  },
});

export const organizerQueryRoutes = { listOrders, exportOrders, getCancellation };
