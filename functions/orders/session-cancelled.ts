import { sessionCancelled } from '../catalog/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { sendMessages } from '../platform/queue.ts';
import { sweepDelaySeconds } from '../ticketing/contracts.ts';
import type { UndoBatch } from './cancel-session-orders.ts';
import { ordersSessionCancelledEnvironment } from './environment.ts';
import type { RsvpBatch } from './rsvps/cancel-session-rsvps.ts';

const environment = readEnvironment(ordersSessionCancelledEnvironment);

/**
 * A cancelled session’s orders are undone, and the answers to it end, once nobody remembers it as on sale: none
 * comes after that.
 */
export const handler = consumer({
  name: 'orders-session-cancelled',
  accepts: [sessionCancelled],
  handle: ({ data: { sessionId } }) => {
    const batches: readonly (UndoBatch | RsvpBatch)[] = [
      { sessionId, done: 0 },
      { of: 'rsvps', sessionId },
    ];
    return sendMessages(
      batches.map((batch) => ({
        queueUrl: environment.SESSION_UNDO_QUEUE_URL,
        body: JSON.stringify(batch),
        delaySeconds: sweepDelaySeconds,
      })),
    );
  },
});
