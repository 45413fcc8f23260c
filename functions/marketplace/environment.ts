import * as z from 'zod';
import {
  commonEnvironment,
  guardEnvironment,
  idEnvironment,
  relayEnvironment,
} from '../platform/environment.ts';

const marketplace = { MARKETPLACE_TABLE: z.string().min(1) };

export const marketplaceBackgroundEnvironment = commonEnvironment.extend(marketplace);

export const marketplaceQueriesEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(marketplace);

export const marketplaceCommandsEnvironment = marketplaceQueriesEnvironment.extend(idEnvironment.shape);

/** What works on leads without a request: their machine. */
export const leadsBackgroundEnvironment = commonEnvironment.extend(marketplace);

const holdExpiryQueue = { TRUCK_HOLD_EXPIRY_QUEUE_URL: z.url() };
export const leadsHoldExpiryEnvironment = leadsBackgroundEnvironment.extend(holdExpiryQueue);
export const leadsTimeTakenEnvironment = leadsBackgroundEnvironment.extend({ TIME_TAKEN_QUEUE_URL: z.url() });

export const marketplaceRelayEnvironment = relayEnvironment.extend({
  ...holdExpiryQueue,
  LEAD_MACHINE_ARN: z.string().min(1),
});

/** `true` where bookings may be completed before their event is over, to try a whole lead in a minute. */
const completeEarly = z.enum(['true', 'false']).transform((text) => text === 'true');

export const leadsCommandsEnvironment = marketplaceCommandsEnvironment.extend({
  LEADS_COMPLETE_EARLY: completeEarly,
});
