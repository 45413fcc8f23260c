import * as z from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { policy, route } from '../../platform/route.ts';
import { leadParams, ofLead } from '../leads/lead-routes.ts';
import { roleQuery } from '../messages/message-routes.ts';
import { truckParams } from '../truck-params.ts';
import { review, reviewFields } from './review.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';

const reviewBody = { rating: 5, body: 'On time, and the tacos were gone by two.' };

const reviewExample: z.input<typeof review> = { id: id('rev'), by: 'organizer', ...reviewBody, at };

export const createReview = route({
  operationId: 'createReview',
  method: 'POST',
  path: '/leads/{leadId}/reviews',
  function: 'leads-messages',
  tags: ['Leads'],
  summary: 'Rate the other side of a completed lead',
  description:
    'Once for each side, and it stays as it is. What organizers say of a truck everybody reads; what trucks say of an ' +
    'organizer, the trucks that it asks.',
  access: ofLead('ReviewLead'),
  creates: true,
  params: leadParams,
  query: roleQuery,
  body: z.strictObject(reviewFields),
  requestExample: reviewBody,
  responses: { 201: { description: 'The review.', schema: review, example: reviewExample } },
  problems: ['LEAD_NOT_COMPLETED', 'REVIEW_EXISTS'],
});

export const listTruckReviews = route({
  operationId: 'listTruckReviews',
  method: 'GET',
  path: '/trucks/{truckId}/reviews',
  function: 'marketplace-queries',
  tags: ['Trucks'],
  summary: 'What organizers say of a truck, newest first',
  description: 'Without e-mail addresses, telephone numbers and links, and without who they are.',
  access: policy('ReadTruck', { kind: 'truck', from: 'params.truckId' }, { publicWhenVisible: true }),
  params: truckParams,
  query: z.strictObject(pageQuery),
  responses: {
    200: { description: 'A page.', schema: pageOf(review), example: { items: [reviewExample] } },
  },
});
