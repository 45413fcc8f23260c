import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../../platform/lifecycle-event.ts';
import { type Lead, leadStatus } from '../leads/lead.ts';
import { currencyOf } from '../leads/quote.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

const depositData = z.object({
  leadId: z.string(),
  briefId: z.string(),
  truckId: z.string(),
  truckOrganizationId: z
    .string()
    .meta({ description: 'The envelope’s `organizationId` is the organizer’s.' }),
  status: leadStatus.meta({ description: 'Of the lead.' }),
  paymentId: z.string(),
  refundId: z.string().optional(),
  amount: z.object({ amount: z.int(), currency: z.string() }),
});
const depositExample: z.input<typeof depositData> = {
  leadId: id('lead'),
  briefId: id('brf'),
  truckId: id('trk'),
  truckOrganizationId: id('org'),
  status: 'booked',
  paymentId: id('pay'),
  amount: { amount: 211_250, currency: 'RON' },
};
// @__NO_SIDE_EFFECTS__
const depositEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'deposit',
    data: depositData,
    example: depositExample,
  });
// @__NO_SIDE_EFFECTS__
const refundEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'deposit',
    data: depositData,
    example: { ...depositExample, status: 'cancelled', refundId: id('rfd') },
  });

export const depositAuthorized = depositEvent('DEPOSIT-AUTHORIZED', 'The money of a deposit is set aside.');
export const depositCaptured = depositEvent('DEPOSIT-CAPTURED', 'The money of a deposit was taken.');
export const depositVoided = depositEvent(
  'DEPOSIT-VOIDED',
  'What was set aside is free again, or the payment was given up.',
);
export const depositLate = depositEvent(
  'DEPOSIT-LATE',
  'The money came when the lead could not be booked any more: it is set free, or given back.',
);
export const depositRefundRequested = refundEvent(
  'DEPOSIT-REFUND-REQUESTED',
  'Money of a deposit is to be given back.',
);
export const depositRefundSucceeded = refundEvent('DEPOSIT-REFUND-SUCCEEDED', 'It was given back.');
export const depositRefundFailed = refundEvent(
  'DEPOSIT-REFUND-FAILED',
  'The provider or a bank did not take the money; it can be asked for again.',
);

export const depositLifecycleEvents = [
  depositAuthorized,
  depositCaptured,
  depositVoided,
  depositLate,
  depositRefundRequested,
  depositRefundSucceeded,
  depositRefundFailed,
] as const;

const moves = { authorized: depositAuthorized, captured: depositCaptured, voided: depositVoided } as const;
const refunds = {
  requested: depositRefundRequested,
  succeeded: depositRefundSucceeded,
  failed: depositRefundFailed,
} as const;

/** What a change of a lead tells of its deposit: who declined a card, or that a refund is under way, is told nobody. */
export const depositLifecycle = (
  before: Lead | undefined,
  after: Lead,
  change: Change,
): readonly LifecycleEvent[] => {
  const { deposit, refund, quote } = after;
  if (deposit === undefined || quote === undefined) return [];
  const { leadId, briefId, truckId, truckOrganizationId, organizationId, status } = after;
  const tell = (definition: (typeof depositLifecycleEvents)[number], amount: number, refundId?: string) =>
    lifecycleEvent(definition, {
      aggregateId: leadId,
      sequence: after.revision,
      change,
      organizationId,
      data: {
        leadId,
        briefId,
        truckId,
        truckOrganizationId,
        status,
        paymentId: deposit.paymentId,
        ...(refundId !== undefined && { refundId }),
        amount: { amount, currency: currencyOf(quote) },
      },
    });
  const told: LifecycleEvent[] = [];
  if (deposit.status !== before?.deposit?.status && deposit.status in moves) {
    told.push(tell(moves[deposit.status as keyof typeof moves], deposit.amount));
    // What was void before it was late has cost nobody anything.
    const isMoney = deposit.status === 'authorized' || deposit.status === 'captured';
    if (isMoney && status === 'expired' && before?.deposit?.status !== 'authorized')
      told.push(tell(depositLate, deposit.amount));
  }
  const earlier = before?.refund;
  const isRefundNew = refund?.refundId !== earlier?.refundId || refund?.status !== earlier?.status;
  if (refund !== undefined && isRefundNew && refund.status in refunds)
    told.push(tell(refunds[refund.status as keyof typeof refunds], refund.amount, refund.refundId));
  return told;
};
