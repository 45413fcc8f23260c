import * as z from 'zod';
import { pageOf, pageQuery } from '../platform/cursor.ts';
import { degrees } from '../platform/degrees.ts';
import { idOf } from '../platform/id-schema.ts';
import { money } from '../platform/money.ts';
import { policy, route } from '../platform/route.ts';
import { instant, timeZone } from '../platform/time.ts';
import { type UploadKindName, uploadKinds } from '../platform/upload-kinds.ts';
import { eventCategory, eventDescription, eventName, eventStatus, maxPerformers } from './event.ts';
import { rsvpTerms } from './rsvp-terms.ts';
import { saleTerms } from './sale-terms.ts';
import { isShallow } from './seating-plan.ts';
import { newSession, sessionPatch, sessionStatus, ticketType } from './session.ts';

const organizationId = idOf('org');
const optionalOrganization = {
  organizationId: organizationId
    .optional()
    .meta({ description: 'May be left out by a caller of exactly one organization.' }),
};
const name = z.string().trim().min(1).max(200);
const at = '2026-11-20T18:00:00.000Z';
const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

const owned = { organizationId, createdAt: instant, updatedAt: instant };
const ownedExample = { organizationId: id('org'), createdAt: at, updatedAt: at };
const ofOrganization = (action: string) =>
  policy(action, { kind: 'organization', from: 'body.organizationId' });
const listOf = (action: string) => policy(action, { kind: 'organization', from: 'query.organizationId' });
const listQuery = z.strictObject({ ...pageQuery, ...optionalOrganization });

/** Lambda takes events of 6 MB, in which a body stands as base64, a third longer; the rest is for the envelope. */
const maxRequestBytes = 4_500_000;

// Venues

const venueFields = {
  name,
  address: z.string().trim().max(300),
  city: z.string().trim().min(1).max(120),
  country: z.string().regex(/^[A-Z]{2}$/, { error: 'ISO 3166-1 alpha-2, e.g. RO' }),
  location: z.strictObject({ lat: degrees(90), lon: degrees(180) }),
  timeZone,
};
const planSummary = z.strictObject({
  planVersion: z.string(),
  zones: z.int(),
  seats: z.int(),
  generalAdmission: z.int().meta({ description: 'Standing places of all its areas.' }),
});
const venue = z
  .strictObject({
    id: idOf('ven'),
    ...venueFields,
    seatingPlan: planSummary
      .extend({
        categories: z.array(z.strictObject({ name: z.string(), seats: z.int(), capacity: z.int() })),
      })
      .optional(),
    ...owned,
  })
  .meta({ id: 'Venue' });
const venueParams = z.strictObject({ venueId: idOf('ven') });
const venueBody = {
  name: 'Paraninfo',
  address: 'Avenida Astrofísico Francisco Sánchez 1',
  city: 'La Laguna',
  country: 'ES',
  location: { lat: 28.4817, lon: -16.3176 },
  timeZone: 'Atlantic/Canary',
};
const venueExample = { id: id('ven'), ...venueBody, ...ownedExample };
const planExample = { planVersion: id('pln'), zones: 4, seats: 603, generalAdmission: 0 };

export const createVenue = route({
  operationId: 'createVenue',
  method: 'POST',
  path: '/venues',
  function: 'catalog-commands',
  tags: ['Venues'],
  summary: 'Add a venue',
  description: 'A seating plan may come with it; large ones by PUT …/seating-plan.',
  access: ofOrganization('CreateVenue'),
  creates: true,
  maxBodyBytes: maxRequestBytes,
  body: z.strictObject({
    ...venueFields,
    ...optionalOrganization,
    seatingPlan: z
      .looseObject({})
      .refine(isShallow, { error: 'No plan nests that deep.', params: { code: 'TOO_DEEP' } })
      .optional(),
  }),
  requestExample: venueBody,
  responses: { 201: { description: 'The venue.', schema: venue, example: venueExample } },
  problems: ['PLAN_REFUSED'],
});

export const getVenue = route({
  operationId: 'getVenue',
  method: 'GET',
  path: '/venues/{venueId}',
  function: 'catalog-queries',
  tags: ['Venues'],
  summary: 'A venue',
  access: policy('ReadVenue', { kind: 'venue', from: 'params.venueId' }),
  params: venueParams,
  responses: { 200: { description: 'The venue.', schema: venue, example: venueExample } },
});

export const listVenues = route({
  operationId: 'listVenues',
  method: 'GET',
  path: '/venues',
  function: 'catalog-queries',
  tags: ['Venues'],
  summary: 'Venues of an organization, newest first',
  access: listOf('ListVenues'),
  query: listQuery,
  responses: { 200: { description: 'A page.', schema: pageOf(venue), example: { items: [venueExample] } } },
});

export const updateVenue = route({
  operationId: 'updateVenue',
  method: 'PATCH',
  path: '/venues/{venueId}',
  function: 'catalog-commands',
  tags: ['Venues'],
  summary: 'Change a venue',
  access: policy('UpdateVenue', { kind: 'venue', from: 'params.venueId' }),
  ifMatch: true,
  params: venueParams,
  body: z.strictObject(venueFields).partial(),
  requestExample: { name: 'Paraninfo ULL' },
  responses: { 200: { description: 'As it is now.', schema: venue, example: venueExample } },
});

export const deleteVenue = route({
  operationId: 'deleteVenue',
  method: 'DELETE',
  path: '/venues/{venueId}',
  function: 'catalog-commands',
  tags: ['Venues'],
  summary: 'Delete a venue that no event uses',
  access: policy('DeleteVenue', { kind: 'venue', from: 'params.venueId' }),
  params: venueParams,
  responses: { 204: { description: 'Gone.' } },
  problems: ['IN_USE', 'PRECONDITION_FAILED'],
});

export const importSeatingPlan = route({
  operationId: 'importSeatingPlan',
  method: 'PUT',
  path: '/venues/{venueId}/seating-plan',
  function: 'catalog-commands',
  tags: ['Venues'],
  summary: 'Import a seating plan',
  description:
    'The plan in pretix’s format, or `{"uploadId"}` of a plan that was uploaded (POST /uploads), which is the way for ' +
    'plans over 4.5 MB. All faults are named at once, nothing is half imported. ' +
    'The same plan always has the same version.',
  access: policy('ImportSeatingPlan', { kind: 'venue', from: 'params.venueId' }),
  params: venueParams,
  body: z
    .looseObject({ uploadId: idOf('upl').optional() })
    .meta({ description: 'A seating plan in pretix’s format, or {"uploadId"}.' }),
  maxBodyBytes: maxRequestBytes,
  requestExample: {
    name: 'Small hall',
    categories: [{ name: 'Stalls', color: '#1f77b4' }],
    zones: [
      {
        name: 'Stalls',
        position: { x: 0, y: 0 },
        rows: [
          {
            row_number: 'A',
            position: { x: 0, y: 0 },
            seats: [{ seat_guid: 'A-1', seat_number: '1', position: { x: 0, y: 0 }, category: 'Stalls' }],
          },
        ],
      },
    ],
  },
  responses: { 200: { description: 'What was imported.', schema: planSummary, example: planExample } },
  problems: ['PLAN_REFUSED', 'UPLOAD_NOT_FOUND'],
});

const uploadOf = <const Kind extends UploadKindName>(kind: Kind) => {
  const { contentTypes, maxBytes } = uploadKinds[kind];
  return z.strictObject({
    kind: z.literal(kind),
    contentType: z.enum(contentTypes),
    bytes: z.int().min(2).max(maxBytes),
    ...optionalOrganization,
  });
};

export const createUpload = route({
  operationId: 'createUpload',
  method: 'POST',
  path: '/uploads',
  function: 'catalog-commands',
  tags: ['Uploads'],
  summary: 'Get a URL to upload a document or a picture to',
  description:
    'PUT exactly that many bytes of that type to the URL within fifteen minutes. What nothing takes in is deleted ' +
    'after a day.',
  access: ofOrganization('CreateUpload'),
  creates: true,
  body: z.discriminatedUnion('kind', [
    uploadOf('seating-plan'),
    uploadOf('truck_photo'),
    uploadOf('verification_document'),
    uploadOf('message_attachment'),
  ]),
  requestExample: { kind: 'seating-plan', contentType: 'application/json', bytes: 4_200_000 },
  responses: {
    201: {
      description: 'Where to PUT it.',
      schema: z.strictObject({
        id: idOf('upl'),
        method: z.literal('PUT'),
        url: z.url(),
        headers: z.record(z.string(), z.string()),
        expiresAt: instant,
      }),
      example: {
        id: id('upl'),
        method: 'PUT',
        url: 'https://plans.example.com/uploads/…',
        headers: { 'Content-Type': 'application/json' },
        expiresAt: at,
      },
    },
  },
});

// Performers

const performerFields = { name, description: z.string().trim().max(2_000) };
const performer = z
  .strictObject({ id: idOf('prf'), name: z.string(), description: z.string().optional(), ...owned })
  .meta({ id: 'Performer' });
const performerParams = z.strictObject({ performerId: idOf('prf') });
const performerExample = { id: id('prf'), name: 'Jessye Norman', ...ownedExample };

export const createPerformer = route({
  operationId: 'createPerformer',
  method: 'POST',
  path: '/performers',
  function: 'catalog-commands',
  tags: ['Performers'],
  summary: 'Add a performer',
  access: ofOrganization('CreatePerformer'),
  creates: true,
  body: z.strictObject({
    ...performerFields,
    description: performerFields.description.optional(),
    ...optionalOrganization,
  }),
  requestExample: { name: 'Jessye Norman', description: 'Soprano' },
  responses: { 201: { description: 'The performer.', schema: performer, example: performerExample } },
});

export const getPerformer = route({
  operationId: 'getPerformer',
  method: 'GET',
  path: '/performers/{performerId}',
  function: 'catalog-queries',
  tags: ['Performers'],
  summary: 'A performer',
  access: policy('ReadPerformer', { kind: 'performer', from: 'params.performerId' }),
  params: performerParams,
  responses: { 200: { description: 'The performer.', schema: performer, example: performerExample } },
});

export const listPerformers = route({
  operationId: 'listPerformers',
  method: 'GET',
  path: '/performers',
  function: 'catalog-queries',
  tags: ['Performers'],
  summary: 'Performers of an organization, newest first',
  access: listOf('ListPerformers'),
  query: listQuery,
  responses: {
    200: { description: 'A page.', schema: pageOf(performer), example: { items: [performerExample] } },
  },
});

export const updatePerformer = route({
  operationId: 'updatePerformer',
  method: 'PATCH',
  path: '/performers/{performerId}',
  function: 'catalog-commands',
  tags: ['Performers'],
  summary: 'Change a performer',
  access: policy('UpdatePerformer', { kind: 'performer', from: 'params.performerId' }),
  ifMatch: true,
  params: performerParams,
  body: z.strictObject(performerFields).partial(),
  requestExample: { description: 'Dramatic soprano' },
  responses: { 200: { description: 'As they are now.', schema: performer, example: performerExample } },
});

export const deletePerformer = route({
  operationId: 'deletePerformer',
  method: 'DELETE',
  path: '/performers/{performerId}',
  function: 'catalog-commands',
  tags: ['Performers'],
  summary: 'Delete a performer of no event',
  access: policy('DeletePerformer', { kind: 'performer', from: 'params.performerId' }),
  params: performerParams,
  responses: { 204: { description: 'Gone.' } },
  problems: ['IN_USE', 'PRECONDITION_FAILED'],
});

// Events and sessions

const eventParams = z.strictObject({ eventId: idOf('evt') });
const sessionParams = z.strictObject({ sessionId: idOf('ses') });
const performerIds = z.array(idOf('prf')).max(maxPerformers);

const session = z
  .strictObject({
    id: idOf('ses'),
    eventId: idOf('evt'),
    venueId: idOf('ven'),
    status: sessionStatus,
    startsAt: instant,
    endsAt: instant,
    timeZone,
    holdSeconds: z.int(),
    maxPlacesPerHold: z.int(),
    maxHoldsPerCustomer: z.int().optional(),
    doorsOpenMinutes: z.int().optional(),
    ticketTypes: z.array(ticketType),
    rsvp: rsvpTerms.optional(),
    planVersion: z.string().optional(),
    ...owned,
  })
  .meta({ id: 'Session' });

const ticketTypeExample = {
  id: id('tt'),
  name: 'Stalls',
  price: { amount: 4500, currency: 'EUR' },
  planCategory: 'Patio de Butacas',
};
const sessionExample = {
  id: id('ses'),
  eventId: id('evt'),
  venueId: id('ven'),
  status: 'draft',
  startsAt: '2027-03-01T20:00:00Z',
  endsAt: '2027-03-01T22:00:00Z',
  timeZone: 'Atlantic/Canary',
  holdSeconds: 600,
  maxPlacesPerHold: 20,
  ticketTypes: [ticketTypeExample],
  ...ownedExample,
} as const;

/** An event as its organizer edits it. */
const eventDraft = z
  .strictObject({
    id: idOf('evt'),
    name: z.string(),
    description: z.string().optional(),
    category: z.string(),
    status: eventStatus,
    venueId: idOf('ven'),
    performerIds: z.array(idOf('prf')),
    sessionIds: z.array(idOf('ses')),
    ...owned,
  })
  .meta({ id: 'Event' });
const eventDraftExample = {
  id: id('evt'),
  name: 'Four Last Songs',
  category: 'concert',
  status: 'draft',
  venueId: id('ven'),
  performerIds: [id('prf')],
  sessionIds: [],
  ...ownedExample,
} as const;

/** An event as the public sees it, with what is left. */
const eventPage = z
  .strictObject({
    id: idOf('evt'),
    organizationId,
    name: z.string(),
    description: z.string().optional(),
    category: z.string(),
    status: eventStatus,
    venue: z.strictObject({ id: idOf('ven'), ...venueFields }),
    performers: z.array(
      z.strictObject({ id: idOf('prf'), name: z.string(), description: z.string().optional() }),
    ),
    sessions: z.array(
      z.strictObject({
        id: idOf('ses'),
        status: sessionStatus,
        startsAt: instant,
        endsAt: instant,
        timeZone,
        ticketTypes: z.array(
          z.strictObject({
            id: idOf('tt'),
            name: z.string(),
            price: money,
            planCategory: z.string().optional(),
            ...saleTerms,
            available: z.int(),
            held: z.int(),
            sold: z.int(),
          }),
        ),
        rsvp: rsvpTerms.optional(),
        inventory: z
          .strictObject({ built: z.int(), total: z.int() })
          .optional()
          .meta({ description: 'While it is being built: blocks done of all blocks.' }),
      }),
    ),
    food: z
      .array(
        z.strictObject({
          truckId: idOf('trk'),
          name: z.string(),
          cuisines: z.array(z.string()),
          from: instant,
          to: instant,
        }),
      )
      .meta({
        description:
          'Food trucks booked for it that are listed, the earliest first; none for what is cancelled.',
      }),
    updatedAt: instant,
  })
  .meta({ id: 'EventPage' });
const eventPageExample = {
  id: id('evt'),
  organizationId: id('org'),
  name: 'Four Last Songs',
  category: 'concert',
  status: 'published',
  venue: { id: id('ven'), ...venueBody },
  performers: [{ id: id('prf'), name: 'Jessye Norman' }],
  sessions: [
    {
      id: id('ses'),
      status: 'published',
      startsAt: sessionExample.startsAt,
      endsAt: sessionExample.endsAt,
      timeZone: 'Atlantic/Canary',
      ticketTypes: [{ ...ticketTypeExample, available: 400, held: 3, sold: 0 }],
    },
  ],
  food: [
    {
      truckId: id('trk'),
      name: 'La Carreta',
      cuisines: ['mexican'],
      from: '2027-03-01T19:00:00.000Z',
      to: sessionExample.endsAt,
    },
  ],
  updatedAt: at,
} as const;

export const createEvent = route({
  operationId: 'createEvent',
  method: 'POST',
  path: '/events',
  function: 'catalog-commands',
  tags: ['Events'],
  summary: 'Draft an event',
  access: ofOrganization('CreateEvent'),
  creates: true,
  body: z.strictObject({
    name: eventName,
    description: eventDescription.optional(),
    category: eventCategory,
    venueId: idOf('ven'),
    performerIds: performerIds.default([]),
    ...optionalOrganization,
  }),
  requestExample: {
    name: 'Four Last Songs',
    category: 'concert',
    venueId: id('ven'),
    performerIds: [id('prf')],
  },
  responses: { 201: { description: 'The draft.', schema: eventDraft, example: eventDraftExample } },
});

export const getEvent = route({
  operationId: 'getEvent',
  method: 'GET',
  path: '/events/{eventId}',
  function: 'catalog-queries',
  tags: ['Events'],
  summary: 'An event with venue, performers, sessions and what is left',
  description:
    'Published and cancelled events are public; drafts are seen by members only. Counts are at most two seconds old, ' +
    'all else is as saved.',
  access: policy('ReadEvent', { kind: 'event', from: 'params.eventId' }, { publicWhenVisible: true }),
  params: eventParams,
  responses: { 200: { description: 'The event.', schema: eventPage, example: eventPageExample } },
});

export const listEvents = route({
  operationId: 'listEvents',
  method: 'GET',
  path: '/events',
  function: 'catalog-queries',
  tags: ['Events'],
  summary: 'Events of an organization, newest first',
  access: listOf('ListEvents'),
  query: listQuery,
  responses: {
    200: { description: 'A page.', schema: pageOf(eventDraft), example: { items: [eventDraftExample] } },
  },
});

export const updateEvent = route({
  operationId: 'updateEvent',
  method: 'PATCH',
  path: '/events/{eventId}',
  function: 'catalog-commands',
  tags: ['Events'],
  summary: 'Change an event',
  access: policy('UpdateEvent', { kind: 'event', from: 'params.eventId' }),
  ifMatch: true,
  params: eventParams,
  body: z
    .strictObject({ name: eventName, description: eventDescription, category: eventCategory, performerIds })
    .partial(),
  requestExample: { name: 'Four Last Songs and other late works' },
  responses: { 200: { description: 'As it is now.', schema: eventDraft, example: eventDraftExample } },
  problems: ['TRANSITION_NOT_ALLOWED'],
});

export const deleteEvent = route({
  operationId: 'deleteEvent',
  method: 'DELETE',
  path: '/events/{eventId}',
  function: 'catalog-commands',
  tags: ['Events'],
  summary: 'Delete a draft without sessions',
  access: policy('DeleteEvent', { kind: 'event', from: 'params.eventId' }),
  params: eventParams,
  responses: { 204: { description: 'Gone.' } },
  problems: ['IN_USE', 'PRECONDITION_FAILED', 'TRANSITION_NOT_ALLOWED'],
});

export const publishEvent = route({
  operationId: 'publishEvent',
  method: 'POST',
  path: '/events/{eventId}/publish',
  function: 'catalog-commands',
  tags: ['Events'],
  summary: 'Put the draft sessions of an event on sale',
  description: 'Inventory is built in the background: 202 until it stands, then 200. Safe to repeat.',
  access: policy('PublishEvent', { kind: 'event', from: 'params.eventId' }),
  params: eventParams,
  responses: {
    200: {
      description: 'Everything is on sale.',
      schema: eventDraft,
      example: { ...eventDraftExample, status: 'published' },
    },
    202: {
      description: 'Being built.',
      schema: eventDraft,
      example: { ...eventDraftExample, status: 'publishing' },
    },
  },
  problems: ['NOT_PUBLISHABLE', 'PRECONDITION_FAILED', 'TRANSITION_NOT_ALLOWED'],
});

export const cancelEvent = route({
  operationId: 'cancelEvent',
  method: 'POST',
  path: '/events/{eventId}/cancel',
  function: 'catalog-commands',
  tags: ['Events'],
  summary: 'Cancel an event and all its sessions',
  description: 'Their holds are ended within seconds. Cancelling again answers the same.',
  access: policy('CancelEvent', { kind: 'event', from: 'params.eventId' }),
  params: eventParams,
  responses: {
    200: {
      description: 'Cancelled.',
      schema: eventDraft,
      example: { ...eventDraftExample, status: 'cancelled' },
    },
  },
  problems: ['PRECONDITION_FAILED'],
});

export const createSession = route({
  operationId: 'createSession',
  method: 'POST',
  path: '/events/{eventId}/sessions',
  function: 'catalog-commands',
  tags: ['Sessions'],
  summary: 'Add a dated session with its ticket types',
  access: policy('CreateSession', { kind: 'event', from: 'params.eventId' }),
  creates: true,
  params: eventParams,
  body: newSession,
  requestExample: {
    startsAt: '2027-03-01T20:00:00Z',
    endsAt: '2027-03-01T22:00:00Z',
    ticketTypes: [
      { name: 'Stalls', price: { amount: 4500, currency: 'EUR' }, planCategory: 'Patio de Butacas' },
    ],
  },
  responses: { 201: { description: 'The draft session.', schema: session, example: sessionExample } },
  problems: ['IN_USE', 'PRECONDITION_FAILED', 'TRANSITION_NOT_ALLOWED'],
});

export const getSession = route({
  operationId: 'getSession',
  method: 'GET',
  path: '/sessions/{sessionId}',
  function: 'catalog-queries',
  tags: ['Sessions'],
  summary: 'A session with its sale settings',
  access: policy('ReadSession', { kind: 'session', from: 'params.sessionId' }, { publicWhenVisible: true }),
  params: sessionParams,
  responses: { 200: { description: 'The session.', schema: session, example: sessionExample } },
});

export const updateSession = route({
  operationId: 'updateSession',
  method: 'PATCH',
  path: '/sessions/{sessionId}',
  function: 'catalog-commands',
  tags: ['Sessions'],
  summary: 'Change, postpone or reschedule a session',
  description:
    '`status: "postponed"` stops the sale and keeps tickets; `status: "published"` with new dates resumes it. ' +
    'Names, prices and places of ticket types are fixed once the session is published; `saleTerms` (fee, tax, sales ' +
    'window, limit per order) are not.',
  access: policy('UpdateSession', { kind: 'session', from: 'params.sessionId' }),
  ifMatch: true,
  params: sessionParams,
  body: sessionPatch,
  requestExample: { status: 'postponed' },
  responses: { 200: { description: 'As it is now.', schema: session, example: sessionExample } },
  problems: ['TRANSITION_NOT_ALLOWED'],
});

export const deleteSession = route({
  operationId: 'deleteSession',
  method: 'DELETE',
  path: '/sessions/{sessionId}',
  function: 'catalog-commands',
  tags: ['Sessions'],
  summary: 'Delete a draft session',
  access: policy('DeleteSession', { kind: 'session', from: 'params.sessionId' }),
  params: sessionParams,
  responses: { 204: { description: 'Gone.' } },
  problems: ['PRECONDITION_FAILED', 'TRANSITION_NOT_ALLOWED'],
});

export const cancelSession = route({
  operationId: 'cancelSession',
  method: 'POST',
  path: '/sessions/{sessionId}/cancel',
  function: 'catalog-commands',
  tags: ['Sessions'],
  summary: 'Cancel a session',
  description: 'Its holds are ended within seconds. Cancelling again answers the same.',
  access: policy('CancelSession', { kind: 'session', from: 'params.sessionId' }),
  params: sessionParams,
  responses: {
    200: { description: 'Cancelled.', schema: session, example: { ...sessionExample, status: 'cancelled' } },
  },
  problems: ['PRECONDITION_FAILED'],
});

export const catalogCommandRoutes = {
  createVenue,
  updateVenue,
  deleteVenue,
  importSeatingPlan,
  createUpload,
  createPerformer,
  updatePerformer,
  deletePerformer,
  createEvent,
  updateEvent,
  deleteEvent,
  publishEvent,
  cancelEvent,
  createSession,
  updateSession,
  deleteSession,
  cancelSession,
};
export const catalogQueryRoutes = {
  getVenue,
  listVenues,
  getPerformer,
  listPerformers,
  getEvent,
  listEvents,
  getSession,
};
