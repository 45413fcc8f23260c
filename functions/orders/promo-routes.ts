import * as z from 'zod';
import { pageOf, pageQuery } from '../platform/cursor.ts';
import { idOf } from '../platform/id-schema.ts';
import { policy, publicAccess, route } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { maxUses, promoCodeText, promoDiscount, promoRefusal, promoTicketTypeIds } from './promo-code.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';

const eventParams = z.strictObject({ eventId: idOf('evt') });
const promoParams = z.strictObject({ eventId: idOf('evt'), code: promoCodeText });
const ofEvent = (action: string) => policy(action, { kind: 'event', from: 'params.eventId' });

const validity = {
  validFrom: instant.meta({ description: 'Valid from this instant on.' }),
  validUntil: instant.meta({ description: 'No longer valid from this instant on.' }),
};

const promoCode = z
  .strictObject({
    eventId: idOf('evt'),
    code: z.string(),
    discount: promoDiscount,
    maxUses: z.int().optional(),
    uses: z
      .int()
      .optional()
      .meta({ description: 'Orders that use it; counted where `maxUses` limits them.' }),
    validFrom: validity.validFrom.optional(),
    validUntil: validity.validUntil.optional(),
    ticketTypeIds: z.array(idOf('tt')).optional(),
    isActive: z.boolean(),
    organizationId: idOf('org'),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'PromoCode' });

const promoCodeExample = {
  eventId: id('evt'),
  code: 'EARLY10',
  discount: { basisPoints: 1_000 },
  maxUses: 100,
  uses: 7,
  validUntil: '2027-01-01T00:00:00Z',
  isActive: true,
  organizationId: id('org'),
  createdAt: at,
  updatedAt: at,
} as const;

export const createPromoCode = route({
  operationId: 'createPromoCode',
  method: 'POST',
  path: '/events/{eventId}/promo-codes',
  function: 'orders-commands',
  tags: ['Promo codes'],
  summary: 'Add a promo code to an event',
  description:
    'A share of the prices or money off each order, for all ticket types of the event or some. With `maxUses` no more ' +
    'orders than that get it; whether a code has a limit cannot be changed later.',
  access: ofEvent('CreatePromoCode'),
  creates: true,
  params: eventParams,
  body: z.strictObject({
    code: promoCodeText,
    discount: promoDiscount,
    maxUses: maxUses.optional(),
    validFrom: validity.validFrom.optional(),
    validUntil: validity.validUntil.optional(),
    ticketTypeIds: promoTicketTypeIds.optional(),
  }),
  requestExample: { code: 'EARLY10', discount: { basisPoints: 1_000 }, maxUses: 100 },
  responses: {
    201: {
      description: 'The promo code.',
      schema: promoCode,
      example: { ...promoCodeExample, uses: 0 },
    },
  },
  problems: ['PROMO_CODE_EXISTS'],
});

export const listPromoCodes = route({
  operationId: 'listPromoCodes',
  method: 'GET',
  path: '/events/{eventId}/promo-codes',
  function: 'orders-queries',
  tags: ['Promo codes'],
  summary: 'Promo codes of an event, by name',
  access: ofEvent('ListPromoCodes'),
  params: eventParams,
  query: z.strictObject(pageQuery),
  responses: {
    200: { description: 'A page.', schema: pageOf(promoCode), example: { items: [promoCodeExample] } },
  },
});

export const updatePromoCode = route({
  operationId: 'updatePromoCode',
  method: 'PATCH',
  path: '/events/{eventId}/promo-codes/{code}',
  function: 'orders-commands',
  tags: ['Promo codes'],
  summary: 'Switch a promo code off or on, or change its limit or validity',
  description:
    'What it gives, and for which ticket types, is fixed: add another code. Orders that exist keep what they got.',
  access: ofEvent('UpdatePromoCode'),
  ifMatch: true,
  params: promoParams,
  body: z
    .strictObject({
      isActive: z.boolean(),
      maxUses: maxUses.meta({ description: 'Of a code that has a limit.' }),
      validFrom: validity.validFrom.nullable(),
      validUntil: validity.validUntil.nullable(),
    })
    .partial(),
  requestExample: { isActive: false },
  responses: {
    200: {
      description: 'As it is now.',
      schema: promoCode,
      example: { ...promoCodeExample, isActive: false },
    },
  },
});

export const getPromoCode = route({
  operationId: 'getPromoCode',
  method: 'GET',
  path: '/events/{eventId}/promo-codes/{code}',
  function: 'orders-queries',
  tags: ['Promo codes'],
  summary: 'Whether a promo code is valid now, and what it gives',
  description: 'For customers, who know the code. `ETag` is what changing it takes as `If-Match`.',
  access: publicAccess(),
  params: promoParams,
  responses: {
    200: {
      description: 'What it is at this instant; an order may still find the last use taken.',
      schema: z.strictObject({
        code: z.string(),
        isValid: z.boolean(),
        reason: promoRefusal.optional().meta({ description: 'Why it is not valid.' }),
        discount: promoDiscount,
        validFrom: validity.validFrom.optional(),
        validUntil: validity.validUntil.optional(),
        ticketTypeIds: z.array(idOf('tt')).optional().meta({ description: 'Only for these, when given.' }),
      }),
      example: {
        code: 'EARLY10',
        isValid: true,
        discount: { basisPoints: 1_000 },
        validUntil: '2027-01-01T00:00:00Z',
      },
    },
  },
});

export const promoCommandRoutes = { createPromoCode, updatePromoCode };
export const promoQueryRoutes = { listPromoCodes, getPromoCode };
