import * as z from 'zod';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { expireWhenDue } from './end-hold.ts';
import { holdExpiryEnvironment } from './environment.ts';
import { expiryTimer } from './hold-timers.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { openSales } from './sales.ts';

const environment = readEnvironment(holdExpiryEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));
const sales = openSales(store, environment.PLANS_BUCKET);
const ports = { store, pictures: openPictures(store), clock: () => epochSeconds(new Date()) };

/** Announces holds whose time is over; one that was extended, or lasts longer than SQS delays, waits on. */
export const handler = queueConsumer(
  'ticketing-hold-expiry',
  z.object({ holdId: z.string() }),
  ({ holdId }, context) =>
    expireWhenDue(
      ports,
      (hold) => sales.planOfHold(hold),
      holdId,
      (what) => stamp(what, context),
      (until) => sendMessages([expiryTimer(environment.HOLD_EXPIRY_QUEUE_URL, holdId, until, ports.clock())]),
    ),
);
