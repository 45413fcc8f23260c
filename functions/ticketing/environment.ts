import * as z from 'zod';
import {
  commonEnvironment,
  guardEnvironment,
  idEnvironment,
  relayEnvironment,
} from '../platform/environment.ts';

const ticketing = { TICKETING_TABLE: z.string().min(1) };
const plans = { PLANS_BUCKET: z.string().min(1) };
const expiryQueue = { HOLD_EXPIRY_QUEUE_URL: z.url() };

export const ticketingQueriesEnvironment = commonEnvironment.extend({ ...ticketing, ...plans });
export const ticketingCommandsEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(idEnvironment.shape)
  .extend({ ...ticketing, ...plans });
/** Consumers that read and write inventory. */
export const ticketingConsumerEnvironment = commonEnvironment.extend({ ...ticketing, ...plans });
export const holdExpiryEnvironment = ticketingConsumerEnvironment.extend(expiryQueue);
export const sessionSyncEnvironment = commonEnvironment.extend({
  ...ticketing,
  SESSION_SWEEP_QUEUE_URL: z.url(),
});
export const ticketingRelayEnvironment = relayEnvironment.extend(expiryQueue);
