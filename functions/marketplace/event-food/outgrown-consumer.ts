import * as z from 'zod';
import { eventCancelled, sessionCancelled } from '../../catalog/contracts.ts';
import { eventIdOf, readOccasion } from '../../catalog/occasion-contracts.ts';
import { orderConfirmed, rsvpConfirmed } from '../../orders/contracts.ts';
import { queueConsumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { envelopeOf, stamp } from '../../platform/lifecycle-event.ts';
import { openOwned } from '../../platform/owned-item.ts';
import { sendMessages } from '../../platform/queue.ts';
import { openTable } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { openAvailability } from '../../ticketing/contracts.ts';
import type { BriefItem } from '../briefs/brief.ts';
import { leadsOutgrownEnvironment } from '../environment.ts';
import { leadBooked, leadCancelled } from '../leads/lead-lifecycle.ts';
import { openLeads } from '../leads/lead-store.ts';
import { openBookedFood } from './booked-food.ts';
import { openEventSales } from './event-sales.ts';
import { openSalesWatch } from './watch-sales.ts';

const environment = readEnvironment(leadsOutgrownEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);
const catalog = openTable(environment.CATALOG_TABLE);
const briefs = openOwned<BriefItem>(table, 'BRIEF');
const leads = openLeads(table);
const watch = openSalesWatch({
  food: openBookedFood(table),
  leadOf: (leadId) => leads.get(leadId),
  briefOf: (briefId) => briefs.get(briefId),
  eventIdOf: (sessionId) => eventIdOf(catalog, sessionId),
  occasionOf: (eventId) => readOccasion(catalog, eventId),
  soldOf: openEventSales(openAvailability(environment.TICKETING_TABLE, environment.PLANS_BUCKET)),
  askToLook: (lookAt, delaySeconds) =>
    sendMessages([
      { queueUrl: environment.OUTGROWN_QUEUE_URL, body: JSON.stringify({ lookAt }), delaySeconds },
    ]),
  clock: () => epochSeconds(new Date()),
  lookAfterSeconds: environment.LOOK_AT_SALES_SECONDS,
});

/**
 * Sales, bookings and cancellations of events, and messages of its own: warns once when sales outgrow the food that is
 * booked, and once when food stays booked for what does not take place.
 */
export const handler = queueConsumer(
  'leads-outgrown',
  z.union([
    z.object({
      detail: z.discriminatedUnion('type', [
        envelopeOf(orderConfirmed),
        envelopeOf(rsvpConfirmed),
        envelopeOf(leadBooked),
        envelopeOf(leadCancelled),
        envelopeOf(eventCancelled),
        envelopeOf(sessionCancelled),
      ]),
    }),
    z.object({ lookAt: z.string() }),
  ]),
  async (message, context) => {
    if ('lookAt' in message) return watch.look(message.lookAt, stamp('brief.outgrown', context));
    const { detail } = message;
    switch (detail.type) {
      case 'ORDER-CONFIRMED':
        return watch.noteSale(detail.data.sessionIds);
      case 'RSVP-CONFIRMED':
        return watch.noteSale([detail.data.sessionId]);
      case 'LEAD-BOOKED':
      case 'LEAD-CANCELLED': {
        const { eventId, leadId } = detail.data;
        return eventId === undefined ? undefined : watch.noteLead(eventId, leadId);
      }
      case 'EVENT-CANCELLED':
      case 'SESSION-CANCELLED':
        return watch.noteEventCancelled(detail.data.eventId, stamp('brief.event_cancelled', context));
    }
  },
);
