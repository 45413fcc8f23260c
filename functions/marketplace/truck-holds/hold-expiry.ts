import * as z from 'zod';
import { queueConsumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { sendMessages } from '../../platform/queue.ts';
import { openTable } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { leadsHoldExpiryEnvironment } from '../environment.ts';
import { expireTruckHold } from './truck-hold-expiry.ts';
import { truckHoldTimer } from './truck-hold-timers.ts';

const environment = readEnvironment(leadsHoldExpiryEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);
const queueUrl = environment.TRUCK_HOLD_EXPIRY_QUEUE_URL;

/** Announces truck holds whose time is over; one that was extended, or lasts longer than SQS delays, waits on. */
export const handler = queueConsumer(
  'leads-hold-expiry',
  z.object({ leadId: z.string() }),
  async ({ leadId }, context) => {
    const now = epochSeconds(context.now);
    const outcome = await expireTruckHold(table, leadId, stamp('truck_hold.expired', context), now);
    if (outcome.kind === 'not_due')
      await sendMessages([truckHoldTimer(queueUrl, leadId, outcome.until, now)]);
  },
);
