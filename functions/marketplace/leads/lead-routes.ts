import * as z from 'zod';
import { paymentStatus, providerName, refundState } from '../../payments/contracts.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { idOf } from '../../platform/id-schema.ts';
import { money } from '../../platform/money.ts';
import { policy, route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { briefFields, briefId } from '../briefs/brief.ts';
import { shownContact } from '../contact.ts';
import { messageBody } from '../messages/thread.ts';
import { rating } from '../reviews/rating.ts';
import { review } from '../reviews/review.ts';
import { truckId } from '../truck.ts';
import { cancellationPolicy } from './cancellation-policy.ts';
import { leadCommand, leadHoldKind, leadId, leadStatus } from './lead.ts';
import { party, quoteTermsFields } from './quote.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';

export const leadParams = z.strictObject({ leadId });
/** A policy on the lead that the path names, which is asked for both of its sides. */
export const ofLead = <const Action extends string>(action: Action) =>
  policy(action, { kind: 'lead', from: 'params.leadId' });

const interval = z.strictObject({ from: instant, to: instant });

export const quote = z
  .strictObject({
    version: z.int().min(1),
    by: party,
    at: instant,
    ...quoteTermsFields,
    total: money,
    depositDue: money,
  })
  .meta({ id: 'Quote' });

export const quoteExample: z.input<typeof quote> = {
  version: 1,
  by: 'truck',
  at,
  items: [{ name: 'Tacos for 200', quantity: 200, unitPrice: { amount: 3_200, currency: 'RON' } }],
  deposit: { percent: 30, withinMinutes: 1_440 },
  expiresAt: '2026-11-27T18:00:00.000Z',
  total: { amount: 640_000, currency: 'RON' },
  depositDue: { amount: 192_000, currency: 'RON' },
};

const hold = z
  .strictObject({
    kind: leadHoldKind,
    from: instant,
    to: instant,
    blocked: interval.meta({ description: 'With setup and teardown.' }),
    expiresAt: instant.optional().meta({ description: 'A booking has none.' }),
    isLive: z.boolean().meta({ description: 'Whether it keeps the time free just now.' }),
  })
  .meta({ id: 'LeadHold' });

const deposit = z
  .strictObject({
    id: z.string(),
    provider: providerName,
    status: paymentStatus,
    amount: money,
    captured: money,
    refund: z.strictObject({ status: refundState, amount: money }).optional(),
    clientSecret: z
      .string()
      .optional()
      .meta({ description: 'What a browser pays with; told only to who asked to pay.' }),
  })
  .meta({ id: 'LeadDeposit' });

export const lead = z
  .strictObject({
    id: leadId,
    status: leadStatus,
    since: instant.meta({ description: 'Of its status, or of its latest quote.' }),
    briefId,
    truckId,
    organizationId: idOf('org').meta({ description: 'The organizer’s.' }),
    truckOrganizationId: idOf('org'),
    name: briefFields.name,
    place: briefFields.venue,
    guests: briefFields.guests,
    timeZone: z.string(),
    window: interval.meta({ description: 'When guests are served.' }),
    hold: hold.optional(),
    quote: quote.optional().meta({ description: 'The latest version.' }),
    depositBy: instant.optional().meta({ description: 'From then on the deposit cannot be paid.' }),
    deposit: deposit.optional(),
    cancellationPolicy: cancellationPolicy.optional(),
    endedBy: party.optional(),
    reason: z.string().optional(),
    takenAt: instant.optional().meta({ description: 'When another booking took the time.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Lead' });

export const leadExample: z.input<typeof lead> = {
  id: id('lead'),
  status: 'new',
  since: at,
  briefId: id('brf'),
  truckId: id('trk'),
  organizationId: id('org'),
  truckOrganizationId: 'org_0zr1v9n6q0w8c4t2m7k3x1y9ab',
  name: 'Company picnic',
  place: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  guests: 200,
  timeZone: 'Europe/Bucharest',
  window: { from: '2027-06-12T10:00:00.000Z', to: '2027-06-12T14:00:00.000Z' },
  hold: {
    kind: 'soft',
    from: '2027-06-12T10:00:00.000Z',
    to: '2027-06-12T14:00:00.000Z',
    blocked: { from: '2027-06-12T09:00:00.000Z', to: '2027-06-12T14:30:00.000Z' },
    expiresAt: '2026-11-20T19:00:01.000Z',
    isLive: true,
  },
  createdAt: at,
  updatedAt: at,
};

const historyRow = z.strictObject({
  command: z.enum(['create', ...leadCommand.options]),
  from: leadStatus.optional(),
  to: leadStatus,
  actor: z.string().meta({ description: 'Subject, or `system:<function>`.' }),
  party: party.optional(),
  reason: z.string().optional(),
  at: instant,
});

const unread = z.int().min(0).meta({ description: 'Messages that the caller’s side has not read.' });
const listedLead = lead.extend({ unread }).meta({ id: 'ListedLead' });

const wholeLead = lead
  .extend({
    brief: z
      .strictObject({ budget: briefFields.budget, notes: briefFields.notes })
      .meta({ description: 'As the brief says now.' }),
    contacts: z
      .strictObject({ organizer: shownContact.optional(), truck: shownContact.optional() })
      .meta({ description: 'Each side’s own; from the booking on also the other’s.' }),
    history: z.array(historyRow).meta({ description: 'Every step, the first first.' }),
    quotes: z.array(quote).meta({ description: 'Every version, the first first.' }),
    unread,
    reviews: z.array(review).meta({ description: 'What the sides say of each other; once it is completed.' }),
    organizerRating: rating.optional().meta({ description: 'By trucks; shown to trucks.' }),
  })
  .meta({ id: 'WholeLead' });

/** Problems of whatever takes the time of a truck. */
export const takingProblems = ['CALENDAR_FULL', 'TRUCK_NOT_AVAILABLE'] as const;

export const createLead = route({
  operationId: 'createLead',
  method: 'POST',
  path: '/leads',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Ask a truck about a brief',
  description:
    'Its time is held softly as long as the truck says (30 to 120 minutes): nobody else can take it so long.',
  access: policy('CreateLead', { kind: 'brief', from: 'body.briefId' }),
  creates: true,
  body: z.strictObject({ briefId, truckId, message: messageBody.optional() }),
  requestExample: { briefId: id('brf'), truckId: id('trk'), message: 'Could you serve vegan tacos too?' },
  responses: { 201: { description: 'The lead.', schema: lead, example: leadExample } },
  problems: [...takingProblems, 'BRIEF_FULL', 'LEAD_EXISTS'],
});

export const getLead = route({
  operationId: 'getLead',
  method: 'GET',
  path: '/leads/{leadId}',
  function: 'leads-queries',
  tags: ['Leads'],
  summary: 'A lead with its history and quotes',
  access: ofLead('ReadLead'),
  params: leadParams,
  responses: {
    200: {
      description: 'The lead.',
      schema: wholeLead,
      example: {
        ...leadExample,
        brief: { budget: { amount: 900_000, currency: 'RON' } },
        contacts: { organizer: { name: 'Ana Pop', email: 'ana@example.com' } },
        history: [{ command: 'create', to: 'new', actor: 'ana', party: 'organizer', at }],
        quotes: [],
        unread: 0,
        reviews: [],
      },
    },
  },
});

export const listLeads = route({
  operationId: 'listLeads',
  method: 'GET',
  path: '/leads',
  function: 'leads-queries',
  tags: ['Leads'],
  summary: 'Leads of an organization, newest first',
  description:
    'Those that it asked for (`organizer`), or those of its trucks (`truck`). With `status`, a page may have fewer ' +
    'items than `limit` though another follows.',
  access: policy('ListLeads', { kind: 'organization', from: 'query.organizationId' }),
  query: z.strictObject({
    ...pageQuery,
    role: party,
    status: leadStatus.optional(),
    organizationId: idOf('org')
      .optional()
      .meta({ description: 'May be left out by a caller of exactly one organization.' }),
  }),
  responses: {
    200: {
      description: 'A page.',
      schema: pageOf(listedLead),
      example: { items: [{ ...leadExample, unread: 0 }] },
    },
  },
});

export const extendLeadHold = route({
  operationId: 'extendLeadHold',
  method: 'POST',
  path: '/leads/{leadId}/hold/extend',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Keep the time of a lead longer',
  description:
    'By `minutes` from now, or without them by as long as the truck holds; at most two hours after it was taken.',
  access: ofLead('ExtendLeadHold'),
  params: leadParams,
  body: z.strictObject({ minutes: z.int().min(1).max(120).optional() }).default({}),
  requestExample: { minutes: 30 },
  responses: {
    200: {
      description: 'Until when it is held.',
      schema: z.strictObject({ expiresAt: instant }),
      example: { expiresAt: '2026-11-20T19:30:01.000Z' },
    },
  },
  problems: ['EXTENSION_LIMIT', 'HOLD_EXPIRED', 'HOLD_NOT_ACTIVE'],
});
