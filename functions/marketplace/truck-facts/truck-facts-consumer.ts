import { consumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { openTable } from '../../platform/table.ts';
import { marketplaceBackgroundEnvironment } from '../environment.ts';
import {
  leadBooked,
  leadCancelled,
  leadCompleted,
  leadContacted,
  leadCreated,
  leadDeclined,
  leadExpired,
} from '../leads/lead-lifecycle.ts';
import { messageSent } from '../messages/talk-lifecycle.ts';
import { factIn } from './truck-facts.ts';
import { noteFact } from './truck-facts-store.ts';

const environment = readEnvironment(marketplaceBackgroundEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

/** Keeps with each truck how fast it answers and how often it is booked. Repeats and any order come to the same. */
export const handler = consumer({
  name: 'leads-truck-facts',
  accepts: [
    leadCreated,
    leadContacted,
    leadBooked,
    leadCompleted,
    leadCancelled,
    leadExpired,
    leadDeclined,
    messageSent,
  ],
  handle: (event, context) =>
    noteFact(table, event.data.truckId, event.data.leadId, factIn(event), stamp('truck.fact_noted', context)),
});
