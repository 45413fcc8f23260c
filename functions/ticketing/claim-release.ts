import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { ticketingConsumerEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { holdCancelled, holdExpired } from './lifecycle.ts';
import { openPictures } from './pictures.ts';
import { releaseClaims } from './release-claims.ts';
import { openSales } from './sales.ts';

const environment = readEnvironment(ticketingConsumerEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));
const sales = openSales(store, environment.PLANS_BUCKET);
const ports = { store, pictures: openPictures(store), clock: () => epochSeconds(new Date()) };

/**
 * Frees the claims of an ended hold once more, in case the one who ended it got no further. A hold that is
 * active was made anew under the same id (its record had been deleted by TTL): its claims are its own.
 */
export const handler = consumer({
  name: 'ticketing-claim-release',
  accepts: [holdCancelled, holdExpired],
  handle: async ({ data }) => {
    const hold = await store.getHold(data.holdId);
    if (hold?.status === 'active') return;
    const plan = await sales.planOfHold(data);
    await releaseClaims(ports, plan, { ...data, until: 0 });
    if (hold?.customerSlot !== undefined)
      await store.freeSlot(data.sessionId, hold.customerSlot, data.holdId);
  },
});
