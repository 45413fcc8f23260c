import * as z from 'zod';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { ticketingConsumerEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { openSales } from './sales.ts';
import { sweepSession } from './sweep-session.ts';

const environment = readEnvironment(ticketingConsumerEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));
const sales = openSales(store, environment.PLANS_BUCKET);
const ports = { store, pictures: openPictures(store), clock: () => epochSeconds(new Date()) };

/** Ends all holds of a session that was cancelled a while ago. */
export const handler = queueConsumer(
  'ticketing-session-sweep',
  z.object({ sessionId: z.string() }),
  async ({ sessionId }, context) => {
    const open = await sales.open(sessionId);
    if (open !== undefined) await sweepSession(ports, open, (what) => stamp(what, context));
  },
);
