import { openContinuation } from '../../platform/continuation.ts';
import { driftCounts } from '../../platform/drift.ts';
import { readEnvironment } from '../../platform/environment.ts';
import type { OutstandingPlace } from '../../platform/outstanding.ts';
import { reconciliation } from '../../platform/reconciliation.ts';
import type { TablePlace } from '../../platform/table-walk.ts';
import { leadsPaymentEnvironment } from '../deposits/deposit-environment.ts';
import { depositPorts } from '../deposits/deposit-ports.ts';
import { compareBookings } from './compare-bookings.ts';
import { reconcileLeads } from './reconcile-leads.ts';

const deposits = depositPorts(readEnvironment(leadsPaymentEnvironment));
const continuationOf = <Place extends object>(walk: string) =>
  openContinuation<Place>(deposits.table, { pk: 'RECONCILIATION', sk: walk });
const leads = { ...deposits, continuation: continuationOf<OutstandingPlace>('LEADS') };
const bookings = { ...deposits, continuation: continuationOf<TablePlace>('BOOKINGS') };

/**
 * Repairs leads that drifted, then compares bookings with what is left of the run. A page takes less than a minute, even when a
 * provider is slow.
 */
export const handler = reconciliation(
  { name: 'leads-reconciliation', stepMs: 60_000, maxReadUnits: 4_000 },
  async (stamp, mayGoOn) => {
    const counts = driftCounts();
    const drifted = await reconcileLeads(leads, counts, stamp, mayGoOn);
    const compared = await compareBookings(bookings, counts, mayGoOn);
    return { looked: drifted + compared, repaired: counts.repaired, notRepaired: counts.notRepaired };
  },
);
