import * as z from 'zod';
import { paymentStatus, testMethod } from '../payments/contracts.ts';
import { money } from '../platform/money.ts';
import { publicAccess, route } from '../platform/route.ts';
import { orderId } from './order.ts';

/** Only what reads orders serves it; in a file of its own, so that orders-commands does not load it. */
export const getTestPayment = route({
  operationId: 'getTestPayment',
  method: 'GET',
  path: '/orders/{orderId}/test-payment',
  function: 'orders-queries',
  tags: ['Orders'],
  summary: 'What the test provider’s books say',
  description:
    'What the dashboard of a real provider shows of an order’s payment: read from the provider’s own side, not from the ' +
    'order. The id of an order is an unguessable capability: who knows it may use it.',
  access: publicAccess(),
  params: z.strictObject({ orderId }),
  responses: {
    200: {
      description: 'The payment.',
      schema: z.strictObject({
        id: z.string(),
        status: paymentStatus,
        method: testMethod.optional().meta({ description: 'How the customer paid, if they did.' }),
        captured: money,
        refunded: money,
      }),
      example: {
        id: 'pay_5zr1v9n6q0w8c4t2m7k3x1y9ab',
        status: 'captured',
        method: 'card_ok',
        captured: { amount: 4500, currency: 'EUR' },
        refunded: { amount: 0, currency: 'EUR' },
      },
    },
  },
  problems: ['TEST_PAYMENTS_ONLY'],
});

export const testPaymentRoutes = { getTestPayment };
