import { openContinuation } from '../platform/continuation.ts';
import { readEnvironment } from '../platform/environment.ts';
import { reconciliation } from '../platform/reconciliation.ts';
import { openTable } from '../platform/table.ts';
import type { TablePlace } from '../platform/table-walk.ts';
import { epochSeconds } from '../platform/time.ts';
import { openDriftStore } from './drift-store.ts';
import { ticketingConsumerEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { reconcileHolds } from './reconcile-holds.ts';
import { openSales } from './sales.ts';

const environment = readEnvironment(ticketingConsumerEnvironment);
const table = openTable(environment.TICKETING_TABLE);
const store = openInventory(table);
const sales = openSales(store, environment.PLANS_BUCKET);
const ports = {
  store,
  pictures: openPictures(store),
  clock: () => epochSeconds(new Date()),
  drift: openDriftStore(table),
  planOf: sales.planOfHold,
  continuation: openContinuation<TablePlace>(table, { pk: 'RECONCILIATION', sk: 'CONTINUATION' }),
};

/** Repairs claims and holds that drifted. A page is some thousand small reads, less than a minute. */
export const handler = reconciliation(
  { name: 'ticketing-reconciliation', stepMs: 60_000, maxReadUnits: 4_000 },
  (stamp, mayGoOn) => reconcileHolds(ports, stamp, mayGoOn),
);
