import { sessionCancelled, sessionPostponed, sessionUpdated } from '../catalog/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { sessionSyncEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { sweepDelaySeconds } from './sales.ts';
import { syncSession } from './sync-session.ts';

const environment = readEnvironment(sessionSyncEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));

/** Keeps the sale as the catalog’s session is; a cancelled one is swept once nobody remembers it as on sale. */
export const handler = consumer({
  name: 'ticketing-session-sync',
  accepts: [sessionUpdated, sessionPostponed, sessionCancelled],
  handle: ({ data, aggregate }, context) =>
    syncSession(store, data, aggregate.sequence, stamp('sale.synced', context), () =>
      sendMessages([
        {
          queueUrl: environment.SESSION_SWEEP_QUEUE_URL,
          body: JSON.stringify({ sessionId: data.sessionId }),
          delaySeconds: sweepDelaySeconds,
        },
      ]),
    ),
});
