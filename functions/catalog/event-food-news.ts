import {
  leadBooked,
  leadCancelled,
  readTruck,
  truckCreated,
  truckListed,
  truckUnlisted,
  truckUpdated,
} from '../marketplace/contracts.ts';
import type { ConsumerContext } from '../platform/consumer.ts';
import type { LifecycleEventOf } from '../platform/lifecycle-event.ts';
import type { Table } from '../platform/table.ts';
import { noteBooking, noteTruck } from './event-food.ts';

/** What the marketplace tells of food that shows on the pages of events. */
export const foodNews = [
  leadBooked,
  leadCancelled,
  truckCreated,
  truckUpdated,
  truckListed,
  truckUnlisted,
] as const;
type FoodNews = LifecycleEventOf<(typeof foodNews)[number]>;

/** Shows booked trucks on the pages of events. Repeats and any order come to the same. */
export const noteFood = async (
  tables: { readonly catalog: Table; readonly marketplace: Table },
  event: FoodNews,
  context: ConsumerContext,
): Promise<void> => {
  const { catalog, marketplace } = tables;
  const { sequence } = event.aggregate;
  if ('leadId' in event.data) {
    const { eventId, sessionId, leadId, truckId, window } = event.data;
    if (eventId === undefined) return;
    const isBooked = event.type === 'LEAD-BOOKED';
    if (isBooked) {
      // What was told of the truck may have been told before anybody listened here.
      const truck = await readTruck(marketplace, truckId);
      if (truck === undefined) throw new Error(`No truck ${truckId}`);
      await noteTruck(catalog, { ...truck, isListed: truck.status === 'listed' });
    }
    await noteBooking(
      catalog,
      eventId,
      { leadId, truckId, sessionId, ...window, isBooked, sequence },
      context,
    );
  } else {
    const { truckId, name, cuisines, status } = event.data;
    await noteTruck(catalog, { truckId, name, cuisines, isListed: status === 'listed', revision: sequence });
  }
};
