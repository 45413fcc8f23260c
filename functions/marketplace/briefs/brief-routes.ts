import * as z from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { idOf } from '../../platform/id-schema.ts';
import { policy, route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { shownContact } from '../contact.ts';
import { leadId, leadStatus } from '../leads/lead.ts';
import { lead, leadExample, quote, quoteExample } from '../leads/lead-routes.ts';
import { messageBody } from '../messages/thread.ts';
import { truckId } from '../truck.ts';
import { briefFields, briefId, briefPatch, newBrief } from './brief.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';

const optionalOrganization = {
  organizationId: idOf('org')
    .optional()
    .meta({ description: 'May be left out by a caller of exactly one organization.' }),
};
const briefParams = z.strictObject({ briefId });

const brief = z
  .strictObject({
    id: briefId,
    organizationId: idOf('org'),
    ...briefFields,
    contact: shownContact.optional(),
    timeZone: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Brief' });

const briefWithSales = brief
  .extend({
    sales: z
      .strictObject({
        sold: z.int().min(0).meta({ description: 'Places sold, also those of confirmed answers.' }),
        capacity: z.int().min(0).meta({ description: 'All places; 0 before they are on sale.' }),
        asOf: instant.meta({ description: 'Counts are at most two seconds older.' }),
      })
      .optional()
      .meta({ description: 'Of its session, or of all sessions of its event: how many guests may come.' }),
  })
  .meta({ id: 'BriefWithSales' });

const body = {
  name: 'Company picnic',
  venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  startsAt: '2027-06-12T10:00:00Z',
  endsAt: '2027-06-12T14:00:00Z',
  guests: 200,
  budget: { amount: 900_000, currency: 'RON' },
  contact: { name: 'Ana Pop', email: 'ana@example.com', phone: '+40 722 000 000' },
} satisfies z.input<typeof newBrief>;
export const briefExample: z.input<typeof brief> = {
  id: id('brf'),
  organizationId: id('org'),
  ...body,
  timeZone: 'Europe/Bucharest',
  createdAt: at,
  updatedAt: at,
};

export const createBrief = route({
  operationId: 'createBrief',
  method: 'POST',
  path: '/briefs',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Say what food is looked for',
  description:
    'When, where and for how many guests. Trucks are asked about it by POST /leads. One that names an event of the ' +
    'organization is for its guests: venue and times are those of the session, unless said, and booked trucks show on the event. ' +
    'Its start is still to come.',
  access: policy('CreateBrief', { kind: 'organization', from: 'body.organizationId' }),
  creates: true,
  body: newBrief.safeExtend(optionalOrganization),
  requestExample: body,
  responses: { 201: { description: 'The brief.', schema: brief, example: briefExample } },
});

const ofBrief = <const Action extends string>(action: Action) =>
  policy(action, { kind: 'brief', from: 'params.briefId' });

export const getBrief = route({
  operationId: 'getBrief',
  method: 'GET',
  path: '/briefs/{briefId}',
  function: 'leads-queries',
  tags: ['Leads'],
  summary: 'A brief, with the sales of its event',
  access: ofBrief('ReadBrief'),
  params: briefParams,
  responses: {
    200: {
      description: 'The brief.',
      schema: briefWithSales,
      example: {
        ...briefExample,
        eventId: id('evt'),
        sessionId: id('ses'),
        warnAtPercent: 10,
        sales: { sold: 214, capacity: 400, asOf: at },
      },
    },
  },
});

export const listBriefs = route({
  operationId: 'listBriefs',
  method: 'GET',
  path: '/briefs',
  function: 'leads-queries',
  tags: ['Leads'],
  summary: 'Briefs of an organization, newest first',
  access: policy('ListBriefs', { kind: 'organization', from: 'query.organizationId' }),
  query: z.strictObject({ ...pageQuery, ...optionalOrganization }),
  responses: { 200: { description: 'A page.', schema: pageOf(brief), example: { items: [briefExample] } } },
});

export const updateBrief = route({
  operationId: 'updateBrief',
  method: 'PATCH',
  path: '/briefs/{briefId}',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Change a brief',
  description:
    'Once a truck was asked, only `budget`, `notes`, `contact` and `warnAtPercent`: it was asked for the rest.',
  access: ofBrief('UpdateBrief'),
  ifMatch: true,
  params: briefParams,
  body: briefPatch,
  requestExample: { notes: 'There is power at the gate.' },
  responses: { 200: { description: 'As it is now.', schema: brief, example: briefExample } },
  problems: ['IN_USE'],
});

/** Most trucks that one request asks. */
const maxTrucksAtOnce = 20;

const askedTruck = z.union([
  z.strictObject({ truckId, lead }),
  z.strictObject({
    truckId,
    problem: z
      .looseObject({ code: z.string(), status: z.int(), title: z.string(), detail: z.string() })
      .meta({ description: 'What POST /leads would have answered.' }),
  }),
]);

export const createLeads = route({
  operationId: 'createLeads',
  method: 'POST',
  path: '/briefs/{briefId}/leads',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Ask several trucks about a brief',
  description:
    'One by one, each as by POST /leads: one that cannot be asked does not keep the others from being asked. ' +
    'Sent again, it tries those again that could not be asked.',
  access: ofBrief('CreateLead'),
  creates: true,
  params: briefParams,
  body: z.strictObject({
    truckIds: z
      .array(truckId)
      .min(1)
      .max(maxTrucksAtOnce)
      .refine((ids) => new Set(ids).size === ids.length, { error: 'Each truck once' }),
    message: messageBody.optional().meta({ description: 'To each of them, as the first message.' }),
  }),
  requestExample: { truckIds: [id('trk')] },
  responses: {
    200: {
      description: 'What became of each, in the order of the request.',
      schema: z.strictObject({ items: z.array(askedTruck) }),
      example: { items: [{ truckId: id('trk'), lead: leadExample }] },
    },
  },
});

export const compareQuotes = route({
  operationId: 'compareQuotes',
  method: 'GET',
  path: '/briefs/{briefId}/quotes',
  function: 'leads-queries',
  tags: ['Leads'],
  summary: 'Compare the quotes for a brief',
  description:
    'The latest lead with each truck and its latest quote, the cheapest first; those without a quote at the end, the nearest first.',
  access: ofBrief('ReadBrief'),
  params: briefParams,
  responses: {
    200: {
      description: 'Every truck that was asked.',
      schema: z.strictObject({
        items: z.array(
          z.strictObject({
            leadId,
            truckId,
            truckName: z.string(),
            status: leadStatus,
            travelMinutes: z.int().meta({ description: 'From its home to the venue.' }),
            quote: quote.optional(),
            isOpen: z.boolean().meta({ description: 'Whether the quote can be accepted or answered now.' }),
          }),
        ),
      }),
      example: {
        items: [
          {
            leadId: id('lead'),
            truckId: id('trk'),
            truckName: 'La Carreta',
            status: 'quoted',
            travelMinutes: 15,
            quote: quoteExample,
            isOpen: true,
          },
        ],
      },
    },
  },
});
