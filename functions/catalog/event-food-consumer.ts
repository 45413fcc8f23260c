import {
  leadBooked,
  leadCancelled,
  readTruck,
  truckCreated,
  truckListed,
  truckUnlisted,
  truckUpdated,
} from '../marketplace/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { openTable } from '../platform/table.ts';
import { catalogEventFoodEnvironment } from './environment.ts';
import { noteBooking, noteTruck } from './event-food.ts';

const environment = readEnvironment(catalogEventFoodEnvironment);
const table = openTable(environment.CATALOG_TABLE);
const marketplace = openTable(environment.MARKETPLACE_TABLE);

/** Shows booked trucks on the pages of events. Repeats and any order come to the same. */
export const handler = consumer({
  name: 'catalog-event-food',
  accepts: [leadBooked, leadCancelled, truckCreated, truckUpdated, truckListed, truckUnlisted],
  async handle(event, context) {
    const { sequence } = event.aggregate;
    if ('leadId' in event.data) {
      const { eventId, leadId, truckId, window } = event.data;
      if (eventId === undefined) return;
      const isBooked = event.type === 'LEAD-BOOKED';
      if (isBooked) {
        // What was told of the truck may have been told before this consumer was there.
        const truck = await readTruck(marketplace, truckId);
        if (truck === undefined) throw new Error(`No truck ${truckId}`);
        await noteTruck(table, { ...truck, isListed: truck.status === 'listed' });
      }
      await noteBooking(table, eventId, { leadId, truckId, ...window, isBooked, sequence }, context);
    } else {
      const { truckId, name, cuisines, status } = event.data;
      await noteTruck(table, { truckId, name, cuisines, isListed: status === 'listed', revision: sequence });
    }
  },
});
