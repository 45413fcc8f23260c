import * as z from 'zod';
import { route } from '../../platform/route.ts';
import { lead, leadExample, leadParams, ofLead, quote, takingProblems } from './lead-routes.ts';
import { party, quoteTerms } from './quote.ts';

export const dryRun = z
  .enum(['true', 'false'])
  .optional()
  .meta({ description: '`true`: everything is checked, nothing is written.' });
const query = z.strictObject({
  role: party.optional().meta({ description: 'Needed by a caller who belongs to both sides.' }),
  dryRun,
});

const reason = z.string().trim().min(1).max(1_000);

export const steppedLead = lead
  .extend({
    dryRun: z.literal(true).optional().meta({ description: 'Of a dry run: the lead as it would be.' }),
  })
  .meta({ id: 'SteppedLead' });

const quoteBody = {
  items: [
    { name: 'Tacos, three each', quantity: 200, unitPrice: { amount: 3_200, currency: 'RON' } },
    { name: 'Lemonade', quantity: 200, unitPrice: { amount: 900, currency: 'RON' } },
  ],
  travel: { amount: 25_000, currency: 'RON' },
  deposit: { percent: 25, withinMinutes: 1_440 },
  guaranteedMinimum: { amount: 500_000, currency: 'RON' },
  terms: 'Power of 16 A within 30 m.',
  expiresAt: '2026-11-27T18:00:00Z',
} satisfies z.input<typeof quoteTerms>;
const quoteExample: z.input<typeof quote> = {
  version: 1,
  by: 'truck',
  at: '2026-11-20T19:00:00.000Z',
  ...quoteBody,
  total: { amount: 845_000, currency: 'RON' },
  depositDue: { amount: 211_250, currency: 'RON' },
};
export const quotedExample = { ...leadExample, status: 'quoted', quote: quoteExample } as const;

const answers = (example: z.input<typeof steppedLead>) => ({
  200: { description: 'The lead as it is now.', schema: steppedLead, example },
});
const again = 'Again by the same side: the same answer.';

export const contactLead = route({
  operationId: 'contactLead',
  method: 'POST',
  path: '/leads/{leadId}/contact',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Take a lead up',
  description: `By the truck: \`new\` → \`contacted\`. ${again}`,
  access: ofLead('ContactLead'),
  params: leadParams,
  query,
  responses: answers({ ...leadExample, status: 'contacted' }),
  problems: ['TRANSITION_NOT_ALLOWED'],
});

export const quoteLead = route({
  operationId: 'quoteLead',
  method: 'POST',
  path: '/leads/{leadId}/quotes',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Offer a price',
  description:
    'First by the truck: `contacted` → `quoted`. Then by either side: the next version, which takes the place of ' +
    'the one before. One currency for all of it. An offer ends at `expiresAt`, and when the event begins.',
  access: ofLead('QuoteLead'),
  creates: true,
  params: leadParams,
  query,
  body: quoteTerms,
  requestExample: quoteBody,
  responses: {
    200: {
      description: 'Of a dry run: the lead as it would be.',
      schema: steppedLead,
      example: { ...quotedExample, dryRun: true },
    },
    201: { description: 'The version.', schema: quote, example: quoteExample },
  },
  problems: ['QUOTE_EXPIRED', 'QUOTE_LIMIT_REACHED', 'TRANSITION_NOT_ALLOWED'],
});

export const acceptLead = route({
  operationId: 'acceptLead',
  method: 'POST',
  path: '/leads/{leadId}/accept',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Accept the latest offer of the other side',
  description:
    '`quoted` → `accepted`: the truck’s time is kept until `depositBy`, taken anew when the hold had lapsed. With nothing ' +
    `due in advance it is \`booked\` at once. ${again}`,
  access: ofLead('AcceptLead'),
  params: leadParams,
  query,
  body: z.strictObject({
    quoteVersion: z.int().min(1).meta({ description: 'The one that was read: the latest.' }),
  }),
  requestExample: { quoteVersion: 1 },
  responses: answers({ ...quotedExample, status: 'accepted', depositBy: '2026-11-21T19:30:01.000Z' }),
  problems: [...takingProblems, 'OWN_QUOTE', 'QUOTE_EXPIRED', 'QUOTE_OUTDATED', 'TRANSITION_NOT_ALLOWED'],
});

export const declineLead = route({
  operationId: 'declineLead',
  method: 'POST',
  path: '/leads/{leadId}/decline',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Decline the offer',
  description: `By either side: \`quoted\` → \`declined\`. The time is free again. ${again}`,
  access: ofLead('DeclineLead'),
  params: leadParams,
  query,
  body: z.strictObject({ reason: reason.optional() }).default({}),
  requestExample: { reason: 'Too dear for us.' },
  responses: answers({ ...quotedExample, status: 'declined', endedBy: 'organizer' }),
  problems: ['QUOTE_EXPIRED', 'TRANSITION_NOT_ALLOWED'],
});

export const cancelLead = route({
  operationId: 'cancelLead',
  method: 'POST',
  path: '/leads/{leadId}/cancel',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Call a booking off',
  description:
    'By either side, until the event is over: `booked` → `cancelled`. The time is free again. When the truck calls off, ' +
    `all of the deposit is given back; else what \`cancellationPolicy\` gives. ${again}`,
  access: ofLead('CancelLead'),
  params: leadParams,
  query,
  body: z.strictObject({ reason }),
  requestExample: { reason: 'The picnic is put off.' },
  responses: answers({ ...quotedExample, status: 'cancelled', endedBy: 'organizer' }),
  problems: ['TRANSITION_NOT_ALLOWED'],
});

export const completeLead = route({
  operationId: 'completeLead',
  method: 'POST',
  path: '/leads/{leadId}/complete',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Say that the event is over',
  description:
    'By either side, once it is: `booked` → `completed`. It comes by itself too. In stages for development it may be ' +
    'said at any time. Again: the same answer.',
  access: ofLead('CompleteLead'),
  params: leadParams,
  query,
  responses: answers({ ...quotedExample, status: 'completed' }),
  problems: ['EVENT_NOT_OVER', 'TRANSITION_NOT_ALLOWED'],
});

export const leadStepRoutes = {
  contactLead,
  quoteLead,
  acceptLead,
  declineLead,
  cancelLead,
  completeLead,
};
