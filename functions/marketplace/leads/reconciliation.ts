import { openContinuation } from '../../platform/continuation.ts';
import { readEnvironment } from '../../platform/environment.ts';
import type { OutstandingPlace } from '../../platform/outstanding.ts';
import { reconciliation } from '../../platform/reconciliation.ts';
import { leadsPaymentEnvironment } from '../deposit-environment.ts';
import { depositPorts } from './deposit-ports.ts';
import { reconcileLeads } from './reconcile-leads.ts';

const deposits = depositPorts(readEnvironment(leadsPaymentEnvironment));
const ports = {
  ...deposits,
  continuation: openContinuation<OutstandingPlace>(deposits.table, {
    pk: 'RECONCILIATION',
    sk: 'CONTINUATION',
  }),
};

/** Repairs leads that drifted. A page of them takes less than a minute, even when their provider is slow. */
export const handler = reconciliation(
  { name: 'leads-reconciliation', stepMs: 60_000, maxReadUnits: 4_000 },
  (stamp, mayGoOn) => reconcileLeads(ports, stamp, mayGoOn),
);
