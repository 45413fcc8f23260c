import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { releaseEnded } from './end-hold.ts';
import { ticketingConsumerEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { holdCancelled, holdExpired } from './lifecycle.ts';
import { openPictures } from './pictures.ts';
import { openSales } from './sales.ts';

const environment = readEnvironment(ticketingConsumerEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));
const sales = openSales(store, environment.PLANS_BUCKET);
const ports = { store, pictures: openPictures(store), clock: () => epochSeconds(new Date()) };

export const handler = consumer({
  name: 'ticketing-claim-release',
  accepts: [holdCancelled, holdExpired],
  handle: ({ data }) => releaseEnded(ports, (hold) => sales.planOfHold(hold), data),
});
