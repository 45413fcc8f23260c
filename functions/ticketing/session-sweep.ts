import * as z from 'zod';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { cancelHold } from './end-hold.ts';
import { ticketingConsumerEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { openSales } from './sales.ts';

const environment = readEnvironment(ticketingConsumerEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));
const sales = openSales(store, environment.PLANS_BUCKET);
const ports = { store, pictures: openPictures(store), clock: () => epochSeconds(new Date()) };

const holdsAtOnce = 16;

/**
 * Ends all holds of a cancelled session, found by their claims. A run that is cut off is repeated by its
 * queue and goes on with what is left.
 */
export const handler = queueConsumer(
  'ticketing-session-sweep',
  z.object({ sessionId: z.string() }),
  async ({ sessionId }, context) => {
    const open = await sales.open(sessionId);
    if (open === undefined || open.sale.status !== 'cancelled') return;
    const blocks = await store.readBlocks(sessionId, open.plan.shards, true);
    const claimIds = new Set(
      [...blocks.values()].flatMap(({ held }) => Object.values(held).map(({ h }) => h)),
    );
    const holdIds = [...claimIds].map((id) => `hld_${id}`);
    for (let start = 0; start < holdIds.length; start += holdsAtOnce) {
      await Promise.all(
        holdIds.slice(start, start + holdsAtOnce).map((holdId) =>
          cancelHold(
            ports,
            async () => open.plan,
            holdId,
            (what) => stamp(what, context),
          ),
        ),
      );
    }
  },
);
