import * as z from 'zod';
import { publicAccess, route } from '../platform/route.ts';

export const receiveStripeWebhook = route({
  operationId: 'receiveStripeWebhook',
  method: 'POST',
  path: '/payments/stripe/webhook',
  function: 'orders-commands',
  tags: ['Payments'],
  summary: 'News of payments and refunds, from Stripe',
  description:
    'Called by Stripe only: the signature over the body is the key. Deliveries may come twice, late and in any order.',
  access: publicAccess(),
  rawBody: {
    mediaType: 'application/json',
    description: 'An Event of Stripe’s API, signed by the header `Stripe-Signature`.',
  },
  responses: {
    200: {
      description:
        'It was received: `applied` to an order, `queued` for a lead, or `ignored` because it says nothing of either.',
      schema: z.strictObject({ outcome: z.enum(['applied', 'queued', 'ignored']) }),
      example: { outcome: 'applied' },
    },
  },
  problems: ['WEBHOOK_SIGNATURE_INVALID'],
});

/** Spread into the context’s routes. */
export const stripeRoutes = { receiveStripeWebhook };
