import * as z from 'zod';
import { pageOf, pageQuery } from '../platform/cursor.ts';
import { idOf } from '../platform/id-schema.ts';
import { policy, route } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { shownContact } from './contact.ts';
import { standingFields } from './leads/truck-standing.ts';
import { photoSchema } from './photos/photo-view.ts';
import { menu, menuItem, privateTruckFields, truckFields, truckId, truckStatus } from './truck.ts';
import { truckParams } from './truck-params.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';
const optionalOrganization = {
  organizationId: idOf('org')
    .optional()
    .meta({ description: 'May be left out by a caller of exactly one organization.' }),
};
const ofTruck = (action: string) => policy(action, { kind: 'truck', from: 'params.truckId' });

const body = {
  name: 'La Carreta',
  cuisines: ['mexican'],
  tags: ['vegan'],
  home: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  serviceArea: { radiusKm: 150 },
  guests: { min: 30, max: 400 },
  priceBand: 2,
  setupMinutes: 60,
  teardownMinutes: 30,
  openingHours: [{ day: 6, from: '10:00', to: '23:00' }],
  timeZone: 'Europe/Bucharest',
} satisfies z.input<z.ZodObject<typeof truckFields>>;

const truck = z
  .strictObject({
    id: truckId,
    status: truckStatus,
    ...z.strictObject(truckFields).required().shape,
    description: truckFields.description,
    photos: z.array(photoSchema).meta({ description: 'Those that are ready, in their order.' }),
    verified: z.strictObject({ at: instant }).optional().meta({
      description: 'An admin has seen its papers; while it has the name and home that they are of.',
    }),
    organizationId: idOf('org'),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Truck' });
const truckExample: z.input<typeof truck> = {
  id: id('trk'),
  status: 'listed',
  ...body,
  units: 1,
  travel: { roadFactor: 1.3, buckets: [{ upToKm: 5, minutes: 15 }], beyondKmPerHour: 60 },
  recurringBlackouts: [],
  holdMinutes: 60,
  photos: [],
  cancellationPolicy: [{ daysBefore: 14, refundPercent: 100 }],
  organizationId: id('org'),
  createdAt: at,
  updatedAt: at,
};
/** As its own organization sees it. */
const ownTruck = truck.extend({ contact: shownContact.optional() }).meta({ id: 'OwnTruck' });
const truckPage = truck.extend({ menu: z.array(menuItem), ...standingFields }).meta({ id: 'TruckPage' });
const menuExample = {
  items: [{ name: 'Tacos al pastor', price: { amount: 3200, currency: 'RON' }, tags: ['pork'] }],
};

export const createTruck = route({
  operationId: 'createTruck',
  method: 'POST',
  path: '/trucks',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Add a truck',
  description:
    'A draft, which only its organization sees, until it is listed by PATCH `{"status": "listed"}`.',
  access: policy('CreateTruck', { kind: 'organization', from: 'body.organizationId' }),
  creates: true,
  body: z.strictObject({ ...truckFields, ...privateTruckFields, ...optionalOrganization }),
  requestExample: body,
  responses: {
    201: { description: 'The truck.', schema: ownTruck, example: { ...truckExample, status: 'draft' } },
  },
});

export const getTruck = route({
  operationId: 'getTruck',
  method: 'GET',
  path: '/trucks/{truckId}',
  function: 'marketplace-queries',
  tags: ['Trucks'],
  summary: 'A truck with its menu, how it is rated and what its leads came to',
  description: '`facts` are shown from three leads on.',
  access: policy('ReadTruck', { kind: 'truck', from: 'params.truckId' }, { publicWhenVisible: true }),
  params: truckParams,
  responses: {
    200: {
      description: 'The truck.',
      schema: truckPage,
      example: {
        ...truckExample,
        menu: menuExample.items,
        rating: { average: 4.67, count: 3 },
        facts: { medianResponseMinutes: 26, bookingRate: 0.6, leads: 12 },
      },
    },
  },
});

export const listTrucks = route({
  operationId: 'listTrucks',
  method: 'GET',
  path: '/trucks',
  function: 'marketplace-queries',
  tags: ['Trucks'],
  summary: 'Trucks of an organization, newest first',
  access: policy('ListTrucks', { kind: 'organization', from: 'query.organizationId' }),
  query: z.strictObject({ ...pageQuery, ...optionalOrganization }),
  responses: {
    200: { description: 'A page.', schema: pageOf(ownTruck), example: { items: [truckExample] } },
  },
});

export const updateTruck = route({
  operationId: 'updateTruck',
  method: 'PATCH',
  path: '/trucks/{truckId}',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Change, list or unlist a truck',
  description: 'What is booked or held stays as it is, by the setup, teardown and units that it was given.',
  access: ofTruck('UpdateTruck'),
  ifMatch: true,
  params: truckParams,
  body: z.strictObject({ ...truckFields, ...privateTruckFields, status: truckStatus }).partial(),
  requestExample: { status: 'listed' },
  responses: { 200: { description: 'As it is now.', schema: ownTruck, example: truckExample } },
});

export const putMenu = route({
  operationId: 'putMenu',
  method: 'PUT',
  path: '/trucks/{truckId}/menu',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Replace the menu of a truck',
  access: ofTruck('UpdateTruck'),
  ifMatch: true,
  params: truckParams,
  body: menu,
  requestExample: menuExample,
  responses: { 200: { description: 'The menu as it is now.', schema: menu, example: menuExample } },
});
