import { consumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { leadBooked, leadCancelled, leadExpired } from '../leads/lead-lifecycle.ts';
import { leadsPaymentEnvironment } from './deposit-environment.ts';
import { depositLate, depositRefundRequested } from './deposit-lifecycle.ts';
import { depositPorts } from './deposit-ports.ts';
import { settleDeposit } from './settle-deposit.ts';

const ports = depositPorts(readEnvironment(leadsPaymentEnvironment));

/** Brings the money of a deposit to where its lead is. */
export const handler = consumer({
  name: 'leads-settlement',
  accepts: [leadBooked, leadCancelled, leadExpired, depositLate, depositRefundRequested],
  handle: (event, context) =>
    settleDeposit(ports, event.data.leadId, {
      now: context.now,
      stamp: (what) => stamp(what, context),
    }),
});
