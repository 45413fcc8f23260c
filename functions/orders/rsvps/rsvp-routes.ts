import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { locale } from '../../platform/locale.ts';
import { optionalCaller, policy, publicAccess, route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { rsvpAnswer, rsvpCancelReason, rsvpId, rsvpStatus } from './rsvp.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const rsvpParams = z.strictObject({ rsvpId });
const onRsvp = { kind: 'rsvp', from: 'params.rsvpId' } as const;

/** Most guests of an answer that is looked at; how many one may bring is said by the session. */
const guests = z.int().min(0).max(1_000);

export const rsvpSchema = z
  .strictObject({
    id: rsvpId,
    eventId: idOf('evt'),
    sessionId: idOf('ses'),
    status: rsvpStatus,
    cancelReason: rsvpCancelReason.optional(),
    answer: rsvpAnswer,
    guests: z.int().meta({ description: 'Whom the guest brings along.' }),
    name: z.string(),
    email: z.string(),
    locale,
    tickets: z
      .array(z.strictObject({ id: idOf('tkt'), place: z.string() }))
      .meta({ description: 'While it is confirmed; ids as they were issued, before any transfer.' }),
    createdAt: instant,
  })
  .meta({ id: 'Rsvp' });

const rsvpExample: z.input<typeof rsvpSchema> = {
  id: id('rsvp'),
  eventId: id('evt'),
  sessionId: id('ses'),
  status: 'confirmed',
  answer: 'yes',
  guests: 1,
  name: 'Ana Pop',
  email: 'ana@example.com',
  locale: 'ro',
  tickets: [
    { id: id('tkt'), place: `${id('tt')}-1` },
    { id: 'tkt_6zr1v9n6q0w8c4t2m7k3x1y9ab', place: `${id('tt')}-2` },
  ],
  createdAt: '2026-11-20T18:05:00.000Z',
};

const capability = 'The id of an answer is an unguessable capability: who knows it may use it.';

export const createRsvp = route({
  operationId: 'createRsvp',
  method: 'POST',
  path: '/events/{eventId}/rsvps',
  function: 'orders-rsvps',
  tags: ['RSVPs'],
  summary: 'Answer the invitation of a session',
  description:
    'Where the organizer takes answers (`rsvp` of the session). A yes takes a place for the guest and for each whom ' +
    'the guest brings, and has their tickets at once; or it waits, `pending`, for the organizer’s word, as a maybe ' +
    'waits for the guest’s. A no is `cancelled`. One answer an e-mail address and session, besides a no. ' +
    `${capability} Without a token, send a secret of your own as \`Fairground-Client\`.`,
  access: optionalCaller(),
  creates: true,
  minKeyLength: 16,
  params: z.strictObject({ eventId: idOf('evt') }),
  body: z.strictObject({
    answer: rsvpAnswer,
    guests: guests.default(0).meta({ description: 'Whom the guest brings along.' }),
    name: z.string().trim().min(1).max(120),
    email: z.email().max(254),
    locale: locale.default('en'),
    sessionId: idOf('ses')
      .optional()
      .meta({ description: 'May be left out where one session of the event takes answers.' }),
  }),
  requestExample: { answer: 'yes', guests: 1, name: 'Ana Pop', email: 'ana@example.com' },
  responses: { 201: { description: 'The answer.', schema: rsvpSchema, example: rsvpExample } },
  problems: ['RSVP_CLOSED', 'RSVP_EXISTS', 'SESSION_NOT_ON_SALE', 'SOLD_OUT', 'TICKET_TYPE_NOT_ON_SALE'],
});

export const getRsvp = route({
  operationId: 'getRsvp',
  method: 'GET',
  path: '/rsvps/{rsvpId}',
  function: 'orders-queries',
  tags: ['RSVPs'],
  summary: 'An answer',
  description: capability,
  access: publicAccess(),
  params: rsvpParams,
  responses: { 200: { description: 'The answer.', schema: rsvpSchema, example: rsvpExample } },
});

export const updateRsvp = route({
  operationId: 'updateRsvp',
  method: 'PATCH',
  path: '/rsvps/{rsvpId}',
  function: 'orders-rsvps',
  tags: ['RSVPs'],
  summary: 'Change an answer',
  description:
    'Until the date that the session names, else its start. Fewer guests, or no yes any more: the last tickets end, ' +
    'and their places are free for others; a ticket that has let somebody in stays. More guests: further tickets, ' +
    'as long as places are left. A no may become a yes again.',
  access: publicAccess(),
  ifMatch: true,
  params: rsvpParams,
  body: z.strictObject({ answer: rsvpAnswer, guests }).partial(),
  requestExample: { answer: 'no' },
  responses: { 200: { description: 'As it is now.', schema: rsvpSchema, example: rsvpExample } },
  problems: [
    'RSVP_CLOSED',
    'RSVP_EXISTS',
    'SESSION_NOT_ON_SALE',
    'SOLD_OUT',
    'TICKET_TYPE_NOT_ON_SALE',
    'TICKET_USED',
    'TRANSITION_NOT_ALLOWED',
  ],
});

export const confirmRsvp = route({
  operationId: 'confirmRsvp',
  method: 'POST',
  path: '/rsvps/{rsvpId}/confirm',
  function: 'orders-rsvps',
  tags: ['RSVPs'],
  summary: 'Confirm a yes that waits',
  description:
    'By the organizer: it gets its places and tickets, and its guest is told. Again: the same answer.',
  access: policy('ConfirmRsvp', onRsvp),
  params: rsvpParams,
  responses: { 200: { description: 'Confirmed.', schema: rsvpSchema, example: rsvpExample } },
  problems: [
    'RSVP_CLOSED',
    'SESSION_NOT_ON_SALE',
    'SOLD_OUT',
    'TICKET_TYPE_NOT_ON_SALE',
    'TRANSITION_NOT_ALLOWED',
  ],
});

export const cancelRsvp = route({
  operationId: 'cancelRsvp',
  method: 'POST',
  path: '/rsvps/{rsvpId}/cancel',
  function: 'orders-rsvps',
  tags: ['RSVPs'],
  summary: 'Cancel an answer',
  description:
    'By the organizer, for good: its tickets end, used or not, its places are free again, and its guest is told. Its ' +
    'address cannot answer anew. Again: the same answer.',
  access: policy('CancelRsvp', onRsvp),
  params: rsvpParams,
  responses: {
    200: {
      description: 'Cancelled.',
      schema: rsvpSchema,
      example: { ...rsvpExample, status: 'cancelled', cancelReason: 'organizer', tickets: [] },
    },
  },
});

export const rsvpCommandRoutes = { createRsvp, updateRsvp, confirmRsvp, cancelRsvp };
