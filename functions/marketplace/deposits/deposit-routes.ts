import * as z from 'zod';
import { testMethod } from '../../payments/contracts.ts';
import { route } from '../../platform/route.ts';
import { lead, leadParams, ofLead } from '../leads/lead-routes.ts';
import { dryRun, quotedExample, steppedLead } from '../leads/step-routes.ts';

const acceptedExample = {
  ...quotedExample,
  status: 'accepted',
  depositBy: '2026-11-21T19:30:01.000Z',
} as const;
const depositExample = {
  id: 'pi_3RfQx2KuuB1fWySn0vZ8gXkL',
  provider: 'stripe',
  status: 'created',
  amount: { amount: 211_250, currency: 'RON' },
  captured: { amount: 0, currency: 'RON' },
} as const;

export const payDeposit = route({
  operationId: 'payDeposit',
  method: 'POST',
  path: '/leads/{leadId}/deposit',
  function: 'leads-deposits',
  tags: ['Leads'],
  summary: 'Pay the deposit of an accepted offer',
  description:
    'By the organizer, until `depositBy`. A lead has one payment: asked for again, also with another key, it is the same, ' +
    'on which another card may be tried. At Stripe the browser pays with `clientSecret`; at the test provider it is paid ' +
    'here by `method`, and `card_ok` answers with the lead `booked`. Money books the lead as soon as it is set aside, and ' +
    'is taken after that; when it cannot be booked any more nothing is taken.',
  access: ofLead('PayDeposit'),
  creates: true,
  params: leadParams,
  query: z.strictObject({ dryRun }),
  body: z.strictObject({
    payment: z.discriminatedUnion('provider', [
      z.strictObject({ provider: z.literal('stripe') }),
      z.strictObject({ provider: z.literal('test'), method: testMethod.default('card_ok') }),
    ]),
  }),
  requestExample: { payment: { provider: 'stripe' } },
  responses: {
    200: {
      description: 'Of a dry run: the lead as it is; it could be paid.',
      schema: steppedLead,
      example: { ...acceptedExample, dryRun: true },
    },
    201: {
      description: 'The lead with its payment; what takes long changes it later.',
      schema: lead,
      example: {
        ...acceptedExample,
        deposit: { ...depositExample, clientSecret: 'pi_3RfQx2KuuB1fWySn0vZ8gXkL_secret_5zr1v9n6' },
      },
    },
  },
  problems: ['DEPOSIT_OVERDUE', 'PAYMENT_REFUSED', 'TRANSITION_NOT_ALLOWED'],
});

export const retryDepositRefund = route({
  operationId: 'retryDepositRefund',
  method: 'POST',
  path: '/leads/{leadId}/deposit/refund',
  function: 'leads-deposits',
  tags: ['Leads'],
  summary: 'Ask for a failed refund of the deposit once more',
  description:
    'By either side, when a bank has returned the money that a cancellation gives back. One that is under way or was made ' +
    'stays as it is, so that the same request again does nothing.',
  access: ofLead('RetryDepositRefund'),
  params: leadParams,
  responses: {
    200: {
      description: 'The lead as it is now.',
      schema: lead,
      example: {
        ...quotedExample,
        status: 'cancelled',
        endedBy: 'organizer',
        deposit: {
          ...depositExample,
          status: 'captured',
          captured: { amount: 211_250, currency: 'RON' },
          refund: { status: 'requested', amount: { amount: 105_625, currency: 'RON' } },
        },
      },
    },
  },
  problems: ['NOTHING_TO_REFUND'],
});
