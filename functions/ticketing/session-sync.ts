import { sessionCancelled, sessionPostponed, sessionUpdated } from '../catalog/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { sessionSyncEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import type { SaleStatus } from './sale.ts';
import { saleOfSession } from './sale-of-session.ts';
import { sweepDelaySeconds } from './sales.ts';

const environment = readEnvironment(sessionSyncEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));

/** What the catalog’s status means for the sale; while it is being built the builder decides. */
const saleStatus: Readonly<Record<string, SaleStatus | undefined>> = {
  published: 'on_sale',
  postponed: 'postponed',
  cancelled: 'cancelled',
};

/** Keeps the sale as the catalog’s session is; a cancelled one is swept once nobody remembers it as on sale. */
export const handler = consumer({
  name: 'ticketing-session-sync',
  accepts: [sessionUpdated, sessionPostponed, sessionCancelled],
  handle: async ({ data, aggregate }, context) => {
    const status = saleStatus[data.status];
    const change = stamp('sale.synced', context);
    const sync = () =>
      store.syncSale(
        data.sessionId,
        aggregate.sequence,
        {
          startsAt: data.startsAt,
          endsAt: data.endsAt,
          holdSeconds: data.holdSeconds,
          maxPlacesPerHold: data.maxPlacesPerHold,
          maxHoldsPerCustomer: data.maxHoldsPerCustomer,
          ...(status !== undefined && { status }),
        },
        change,
      );
    const result = await sync();
    if (status !== 'cancelled') return;
    // Cancelled before it was built: the record keeps the builder, which may come later, from selling it.
    if (result === 'missing') {
      const cancelled = saleOfSession(data, aggregate.sequence, 'cancelled', 0);
      // The builder was faster: then its record is the one to cancel.
      if ((await store.createSale(cancelled, change)) !== undefined) await sync();
    }
    await sendMessages([
      {
        queueUrl: environment.SESSION_SWEEP_QUEUE_URL,
        body: JSON.stringify({ sessionId: data.sessionId }),
        delaySeconds: sweepDelaySeconds,
      },
    ]);
  },
});
