import * as z from 'zod';
import { queueConsumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { envelopeOf, stamp } from '../../platform/lifecycle-event.ts';
import { openOwned } from '../../platform/owned-item.ts';
import { sendMessages } from '../../platform/queue.ts';
import { openTable } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { leadsTimeTakenEnvironment } from '../environment.ts';
import type { TruckItem } from '../truck.ts';
import { leadBooked } from './lead-lifecycle.ts';
import { openLeads } from './lead-store.ts';
import { noteTaken, type TakenPorts } from './note-taken.ts';

const environment = readEnvironment(leadsTimeTakenEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);
const ports: TakenPorts = {
  table,
  leads: openLeads(table),
  trucks: openOwned<TruckItem>(table, 'TRUCK'),
  clock: () => epochSeconds(new Date()),
  askForNext: (next) =>
    sendMessages([
      { queueUrl: environment.TIME_TAKEN_QUEUE_URL, body: JSON.stringify(next), delaySeconds: 0 },
    ]),
};

const page = z.object({ leadId: z.string(), from: z.record(z.string(), z.unknown()).optional() });

/** LEAD-BOOKED: other leads of the truck that have lost their time are noted, a page for each message. */
export const handler = queueConsumer(
  'leads-time-taken',
  z.union([z.object({ detail: envelopeOf(leadBooked) }), page]),
  (message, context) => {
    const asked = 'detail' in message ? { leadId: message.detail.data.leadId } : message;
    const traceparent = 'detail' in message ? message.detail.trace : undefined;
    return noteTaken(ports, asked, stamp('lead.time_taken', { ...context, traceparent }));
  },
);
