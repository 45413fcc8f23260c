import { openContinuation } from '../platform/continuation.ts';
import { readEnvironment } from '../platform/environment.ts';
import { startMachine } from '../platform/machine.ts';
import type { OutstandingPlace } from '../platform/outstanding.ts';
import { reconciliation } from '../platform/reconciliation.ts';
import { openTable } from '../platform/table.ts';
import { openEndedOrderHolds } from '../ticketing/contracts.ts';
import { backgroundPorts } from './background.ts';
import { ordersReconciliationEnvironment } from './environment.ts';
import { reconcileOrders } from './reconcile-orders.ts';

const environment = readEnvironment(ordersReconciliationEnvironment);
const ports = {
  ...backgroundPorts(environment),
  endedHolds: openEndedOrderHolds(environment.TICKETING_TABLE, environment.PLANS_BUCKET),
  continuation: openContinuation<OutstandingPlace>(openTable(environment.ORDERS_TABLE), {
    pk: 'RECONCILIATION',
    sk: 'CONTINUATION',
  }),
  machineArn: environment.ORDER_MACHINE_ARN,
  startMachine,
};

/** Repairs orders that drifted. A page of them takes less than a minute, even when its provider is slow. */
export const handler = reconciliation(
  { name: 'orders-reconciliation', stepMs: 60_000, maxReadUnits: 4_000 },
  (stamp, mayGoOn) => reconcileOrders(ports, stamp, mayGoOn),
);
