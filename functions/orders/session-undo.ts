import * as z from 'zod';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { undoBatch } from './cancel-session-orders.ts';
import { ordersSessionUndoEnvironment } from './environment.ts';
import { openOutstandingOrders } from './outstanding-store.ts';

const environment = readEnvironment(ordersSessionUndoEnvironment);
const ports = {
  orders: openOutstandingOrders(openTable(environment.ORDERS_TABLE)),
  tables: { ticketing: environment.TICKETING_TABLE, admission: environment.ADMISSION_TABLE },
};

/** Undoes the orders of a cancelled session, a batch for each message. */
export const handler = queueConsumer(
  'orders-session-undo',
  z.object({
    sessionId: z.string(),
    done: z.int(),
    total: z.int().optional(),
    from: z.record(z.string(), z.unknown()).optional(),
  }),
  (batch, context) =>
    undoBatch(
      ports,
      batch,
      (next) =>
        sendMessages([
          { queueUrl: environment.SESSION_UNDO_QUEUE_URL, body: JSON.stringify(next), delaySeconds: 0 },
        ]),
      (what) => stamp(what, context),
    ),
);
