import * as z from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { idOf } from '../../platform/id-schema.ts';
import { policy, route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { truckParams } from '../truck-params.ts';
import { maxWindowSeconds } from './calendar-month.ts';

/** Longest stretch that one answer lists. */
export const maxListedDays = 92;

const kind = z.enum(['booking', 'hold', 'blackout']);
const interval = { from: instant, to: instant };
const isForward = ({ from, to }: { from: string; to: string }): boolean => Date.parse(from) < Date.parse(to);
const secondsOf = ({ from, to }: { from: string; to: string }): number =>
  (Date.parse(to) - Date.parse(from)) / 1_000;
const backwards = { error: 'to is after from', path: ['to'] };

/** A coordinate in a query, which is text; it is not kept. */
const coordinate = (most: number) => z.coerce.number().min(-most).max(most);

const blackout = z
  .strictObject({ id: idOf('blk'), ...interval, reason: z.string().optional() })
  .meta({ id: 'Blackout' });
const blackoutBody = { from: '2026-12-24T00:00:00Z', to: '2026-12-27T00:00:00Z', reason: 'Christmas' };

export const getAvailability = route({
  operationId: 'getAvailability',
  method: 'GET',
  path: '/trucks/{truckId}/availability',
  function: 'marketplace-queries',
  tags: ['Trucks'],
  summary: 'When a truck is free',
  description:
    'A time of up to a day is free when one of `free` contains all of it: setup, teardown, opening hours, blackouts ' +
    'and, with `lat` and `lon`, the way from and to its neighbours are taken off already; nothing is free outside its ' +
    'service area. With several units, ' +
    `stretches may overlap. At most ${maxListedDays} days.`,
  access: policy('ReadTruck', { kind: 'truck', from: 'params.truckId' }, { publicWhenVisible: true }),
  params: truckParams,
  query: z
    .strictObject({ ...interval, lat: coordinate(90).optional(), lon: coordinate(180).optional() })
    .refine(isForward, backwards)
    .refine((query) => secondsOf(query) <= maxListedDays * 86_400, {
      error: `At most ${maxListedDays} days`,
      path: ['to'],
    })
    .refine(({ lat, lon }) => (lat === undefined) === (lon === undefined), {
      error: 'lat and lon come together',
      path: ['lon'],
    }),
  responses: {
    200: {
      description: 'What is free and what is not.',
      schema: z.strictObject({
        free: z.array(z.strictObject(interval)),
        busy: z.array(z.strictObject({ ...interval, kind, blocked: z.strictObject(interval) })).meta({
          description: 'When guests are served; `blocked` is that with setup and teardown.',
        }),
      }),
      example: {
        free: [{ from: '2026-11-21T08:00:00.000Z', to: '2026-11-21T10:30:00.000Z' }],
        busy: [
          {
            from: '2026-11-21T12:00:00.000Z',
            to: '2026-11-21T16:00:00.000Z',
            kind: 'booking',
            blocked: { from: '2026-11-21T11:00:00.000Z', to: '2026-11-21T16:30:00.000Z' },
          },
        ],
      },
    },
  },
});

export const createBlackout = route({
  operationId: 'createBlackout',
  method: 'POST',
  path: '/trucks/{truckId}/blackouts',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Block a time of a truck',
  description: 'All its units. Blackouts may overlap each other, but neither bookings nor holds.',
  access: policy('ManageCalendar', { kind: 'truck', from: 'params.truckId' }),
  creates: true,
  params: truckParams,
  body: z
    .strictObject({ ...interval, reason: z.string().trim().min(1).max(200).optional() })
    .refine(isForward, backwards)
    .refine((body) => secondsOf(body) <= maxWindowSeconds, { error: 'At most 31 days', path: ['to'] }),
  requestExample: blackoutBody,
  responses: {
    201: {
      description: 'The blackout.',
      schema: blackout,
      example: { id: 'blk_5zr1v9n6q0w8c4t2m7k3x1y9ab', ...blackoutBody },
    },
  },
  problems: ['CALENDAR_FULL', 'OVERLAP'],
});

export const listBlackouts = route({
  operationId: 'listBlackouts',
  method: 'GET',
  path: '/trucks/{truckId}/blackouts',
  function: 'marketplace-queries',
  tags: ['Trucks'],
  summary: 'Blocked times of a truck',
  description: 'In no order. Those that recur are among the settings of the truck.',
  access: policy('ReadCalendar', { kind: 'truck', from: 'params.truckId' }),
  params: truckParams,
  query: z.strictObject(pageQuery),
  responses: {
    200: {
      description: 'A page.',
      schema: pageOf(blackout),
      example: { items: [{ id: 'blk_5zr1v9n6q0w8c4t2m7k3x1y9ab', ...blackoutBody }] },
    },
  },
});

export const deleteBlackout = route({
  operationId: 'deleteBlackout',
  method: 'DELETE',
  path: '/trucks/{truckId}/blackouts/{blackoutId}',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Open a blocked time again',
  access: policy('ManageCalendar', { kind: 'truck', from: 'params.truckId' }),
  params: truckParams.extend({ blackoutId: idOf('blk') }),
  responses: { 204: { description: 'It is open, or was.' } },
});
