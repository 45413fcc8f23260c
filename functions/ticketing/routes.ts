import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';
import { money } from '../platform/money.ts';
import { optionalCaller, publicAccess, route } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { placesPerBlock } from './block.ts';
import { holdId, holdStatus } from './hold.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const sessionParams = z.strictObject({ sessionId: idOf('ses') });
const holdParams = z.strictObject({ holdId });

/** Most places one hold may have, whatever the session allows. */
export const maxPlacesPerHold = placesPerBlock;

const placeName = z.string().min(1).max(64);

const hold = z
  .strictObject({
    id: holdId,
    status: holdStatus,
    sessionId: idOf('ses'),
    places: z.array(
      z.strictObject({
        place: z.string().meta({ description: '`seat_guid`, or the number of a standing place.' }),
        ticketTypeId: idOf('tt'),
        price: money,
      }),
    ),
    total: money,
    expiresAt: instant.meta({ description: 'From this instant on the places are free for others.' }),
  })
  .meta({ id: 'Hold' });

const holdExample = {
  id: id('hld'),
  status: 'active',
  sessionId: id('ses'),
  places: [
    { place: 'stalls-A-1', ticketTypeId: id('tt'), price: { amount: 4500, currency: 'EUR' } },
    { place: 'stalls-A-3', ticketTypeId: id('tt'), price: { amount: 4500, currency: 'EUR' } },
  ],
  total: { amount: 9000, currency: 'EUR' },
  expiresAt: '2026-11-20T18:10:00.000Z',
} as const;

const capability = 'The id of a hold is an unguessable capability: who knows it may use it.';

export const createHold = route({
  operationId: 'createHold',
  method: 'POST',
  path: '/sessions/{sessionId}/holds',
  function: 'ticketing-commands',
  tags: ['Holds'],
  summary: 'Hold places',
  description:
    'Given seats, or a number of the best available of a ticket type (side by side when possible; `adjacent: true` ' +
    `demands it). All or none. ${capability} Without a token, send a secret of your own (16 characters or more) as ` +
    '`Fairground-Client`, so that nobody who guesses your key is answered with your hold.',
  access: optionalCaller(),
  creates: true,
  minKeyLength: 16,
  params: sessionParams,
  body: z.union([
    z.strictObject({ seats: z.array(placeName).min(1).max(100) }),
    z.strictObject({
      ticketTypeId: idOf('tt'),
      quantity: z.int().min(1).max(100),
      adjacent: z.boolean().optional(),
    }),
  ]),
  requestExample: { seats: ['stalls-A-1', 'stalls-A-3'] },
  responses: { 201: { description: 'The hold.', schema: hold, example: holdExample } },
  problems: [
    'HOLD_LIMIT_REACHED',
    'NOT_ADJACENT',
    'PLACES_TAKEN',
    'SERVICE_UNAVAILABLE',
    'SESSION_NOT_ON_SALE',
    'SOLD_OUT',
    'TICKET_TYPE_NOT_ON_SALE',
  ],
});

export const getHold = route({
  operationId: 'getHold',
  method: 'GET',
  path: '/holds/{holdId}',
  function: 'ticketing-queries',
  tags: ['Holds'],
  summary: 'A hold',
  description: `${capability} \`status\` is what it is at this instant. Ended holds can be read for a day.`,
  access: publicAccess(),
  params: holdParams,
  responses: { 200: { description: 'The hold.', schema: hold, example: holdExample } },
});

export const extendHold = route({
  operationId: 'extendHold',
  method: 'POST',
  path: '/holds/{holdId}/extend',
  function: 'ticketing-commands',
  tags: ['Holds'],
  summary: 'Keep a hold longer',
  description:
    'To `seconds` from now (default: as long as a new hold of the session), at most 30 minutes from its creation. ' +
    'A hold is never shortened.',
  access: publicAccess(),
  params: holdParams,
  body: z.strictObject({ seconds: z.int().min(1).max(7_200).optional() }),
  requestExample: { seconds: 300 },
  responses: {
    200: {
      description: 'How long it lasts now.',
      schema: z.strictObject({ expiresAt: instant }),
      example: { expiresAt: '2026-11-20T18:15:00.000Z' },
    },
  },
  problems: ['EXTENSION_LIMIT', 'HOLD_EXPIRED', 'HOLD_NOT_ACTIVE'],
});

export const cancelHold = route({
  operationId: 'cancelHold',
  method: 'DELETE',
  path: '/holds/{holdId}',
  function: 'ticketing-commands',
  tags: ['Holds'],
  summary: 'Give a hold up',
  description: 'Its places are free at once. Again, or after it expired: 204 too.',
  access: publicAccess(),
  params: holdParams,
  responses: { 204: { description: 'Given up.' } },
  problems: ['HOLD_NOT_ACTIVE'],
});

const counts = { available: z.int(), held: z.int(), sold: z.int() };
const seats = z
  .strictObject({
    asOf: instant,
    planVersion: z.string().optional(),
    summary: z.strictObject(counts),
    ticketTypes: z.array(
      z.strictObject({
        id: idOf('tt'),
        ...counts,
        salesFrom: instant.optional().meta({ description: 'Held by nobody before this instant.' }),
        salesUntil: instant.optional().meta({ description: 'Held by nobody from this instant on.' }),
        maxPerOrder: z.int().optional(),
      }),
    ),
    states: z
      .string()
      .optional()
      .meta({
        description:
          'One letter a place: `a`vailable, `h`eld, `s`old, `-` not sold in this session. Seats in the order of the plan ' +
          '(zones, rows, seats), then the standing places of each ticket type in turn.',
      }),
    places: z
      .record(z.string(), z.enum(['available', 'held', 'sold']))
      .optional()
      .meta({ description: 'With ?format=full: state by place.' }),
  })
  .meta({ id: 'Seats' });

export const getSeats = route({
  operationId: 'getSeats',
  method: 'GET',
  path: '/sessions/{sessionId}/seats',
  function: 'ticketing-queries',
  tags: ['Seats'],
  summary: 'State of every place',
  description: 'At most two seconds old. The layout is a document of its own: GET …/plan.',
  access: publicAccess(),
  params: sessionParams,
  query: z.strictObject({ format: z.enum(['compact', 'full']).default('compact') }),
  responses: {
    200: {
      description: 'The live part; `ETag` tells whether any state or sales window changed.',
      schema: seats,
      example: {
        asOf: '2026-11-20T18:00:00.000Z',
        planVersion: id('pln'),
        summary: { available: 3, held: 1, sold: 0 },
        ticketTypes: [{ id: id('tt'), available: 3, held: 1, sold: 0 }],
        states: 'aaha',
      },
    },
  },
  problems: ['SESSION_NOT_ON_SALE'],
});

export const getPlan = route({
  operationId: 'getPlan',
  method: 'GET',
  path: '/sessions/{sessionId}/plan',
  function: 'ticketing-queries',
  tags: ['Seats'],
  summary: 'The layout of the hall',
  description:
    'Immutable once the session is published: cache it for good. Seats stand in the order of `states`.',
  access: publicAccess(),
  params: sessionParams,
  responses: {
    200: {
      description: 'Zones, rows and seats in absolute pixels.',
      schema: z.looseObject({
        planVersion: z.string().optional(),
        name: z.string(),
        size: z.object({ width: z.number(), height: z.number() }),
        categories: z.array(z.object({ name: z.string(), color: z.string() })),
        zones: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            rows: z.array(
              z.object({
                id: z.string(),
                label: z.string(),
                seats: z.array(
                  z.object({
                    guid: z.string(),
                    number: z.string(),
                    x: z.number(),
                    y: z.number(),
                    category: z.int(),
                    accessible: z.literal(true).optional(),
                  }),
                ),
              }),
            ),
          }),
        ),
      }),
      example: {
        planVersion: id('pln'),
        venueId: id('ven'),
        name: 'Paraninfo',
        size: { width: 1120, height: 1200 },
        categories: [{ name: 'Stalls', color: '#1f77b4' }],
        zones: [
          {
            id: 'stalls',
            name: 'Stalls',
            rows: [
              { id: '0', label: 'A', seats: [{ guid: 'stalls-A-1', number: '1', x: 0, y: 0, category: 0 }] },
            ],
          },
        ],
        areas: [],
        generalAdmission: [],
      },
    },
  },
  problems: ['SESSION_NOT_ON_SALE'],
});

export const ticketingCommandRoutes = { createHold, extendHold, cancelHold };
export const ticketingQueryRoutes = { getHold, getSeats, getPlan };
