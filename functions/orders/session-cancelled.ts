import { sessionCancelled } from '../catalog/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { sendMessages } from '../platform/queue.ts';
import { sweepDelaySeconds } from '../ticketing/contracts.ts';
import type { UndoBatch } from './cancel-session-orders.ts';
import { ordersSessionCancelledEnvironment } from './environment.ts';

const environment = readEnvironment(ordersSessionCancelledEnvironment);

/** A cancelled session’s orders are undone once nobody remembers it as on sale: no order comes after that. */
export const handler = consumer({
  name: 'orders-session-cancelled',
  accepts: [sessionCancelled],
  handle: ({ data }) => {
    const batch: UndoBatch = { sessionId: data.sessionId, done: 0 };
    return sendMessages([
      {
        queueUrl: environment.SESSION_UNDO_QUEUE_URL,
        body: JSON.stringify(batch),
        delaySeconds: sweepDelaySeconds,
      },
    ]);
  },
});
