import { readLayout, sessionPublishing } from '../catalog/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { openTable } from '../platform/table.ts';
import { planInventory } from './block-plan.ts';
import { buildInventory } from './build-inventory.ts';
import { ticketingConsumerEnvironment } from './environment.ts';
import { openInventory } from './inventory-store.ts';
import { saleOfSession } from './sale-of-session.ts';

const environment = readEnvironment(ticketingConsumerEnvironment);
const store = openInventory(openTable(environment.TICKETING_TABLE));

export const handler = consumer({
  name: 'ticketing-inventory-builder',
  accepts: [sessionPublishing],
  rememberIn: environment.TICKETING_TABLE,
  handle: async ({ data, aggregate }, context) => {
    const layout =
      data.planVersion === undefined
        ? undefined
        : await readLayout(environment.PLANS_BUCKET, data.venueId, data.planVersion);
    const plan = planInventory(layout, data.ticketTypes);
    const sale = saleOfSession(data, aggregate.sequence, 'building', plan.blocks.length);
    await buildInventory(store, sale, plan, (what) => stamp(what, context));
  },
});
