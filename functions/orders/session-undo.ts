import * as z from 'zod';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { type UndoBatch, undoBatch } from './cancel-session-orders.ts';
import { ordersSessionUndoEnvironment } from './environment.ts';
import { sessionListKey } from './order-store.ts';
import { openOutstandingOrders } from './outstanding-store.ts';
import { cancelRsvpBatch, type RsvpBatch } from './rsvps/cancel-session-rsvps.ts';
import { openRsvps } from './rsvps/rsvp-store.ts';
import { countList } from './session-index.ts';

const environment = readEnvironment(ordersSessionUndoEnvironment);
const table = openTable(environment.ORDERS_TABLE);
const ports = {
  orders: openOutstandingOrders(table),
  countOrders: (sessionId: string) => countList(table, sessionListKey(sessionId)),
  rsvps: openRsvps(table),
  tables: { ticketing: environment.TICKETING_TABLE, admission: environment.ADMISSION_TABLE },
};

const askForNext = (next: UndoBatch | RsvpBatch): Promise<void> =>
  sendMessages([
    { queueUrl: environment.SESSION_UNDO_QUEUE_URL, body: JSON.stringify(next), delaySeconds: 0 },
  ]);

const sessionId = z.string();
const from = z.record(z.string(), z.unknown()).optional();

/** Undoes the orders of a cancelled session, and ends the answers to it, a batch for each message. */
export const handler = queueConsumer(
  'orders-session-undo',
  z.union([
    z.object({ of: z.literal('rsvps'), sessionId, from }),
    z.object({ sessionId, done: z.int(), total: z.int().optional(), from }),
  ]),
  (batch, context) => {
    const by = (what: string) => stamp(what, context);
    return 'of' in batch
      ? cancelRsvpBatch(ports, batch, askForNext, by)
      : undoBatch(ports, batch, askForNext, by);
  },
);
