import * as z from 'zod';
import {
  commonEnvironment,
  guardEnvironment,
  idEnvironment,
  relayEnvironment,
} from '../platform/environment.ts';

const marketplace = { MARKETPLACE_TABLE: z.string().min(1) };
/** Photos and papers of trucks, attachments of messages, and the uploads that they come from. */
const objects = { OBJECTS_BUCKET: z.string().min(1) };

/** Where events are, that food is for. */
const events = { CATALOG_TABLE: z.string().min(1) };
/** Where tickets sold are counted. */
const sales = { ...events, TICKETING_TABLE: z.string().min(1), PLANS_BUCKET: z.string().min(1) };

/** What works without a request. */
export const marketplaceBackgroundEnvironment = commonEnvironment.extend(marketplace);

export const marketplaceQueriesEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(marketplace);

export const marketplaceCommandsEnvironment = marketplaceQueriesEnvironment.extend(idEnvironment.shape);

const holdExpiryQueue = { TRUCK_HOLD_EXPIRY_QUEUE_URL: z.url() };
export const leadsHoldExpiryEnvironment = marketplaceBackgroundEnvironment.extend(holdExpiryQueue);
export const leadsTimeTakenEnvironment = marketplaceBackgroundEnvironment.extend({
  TIME_TAKEN_QUEUE_URL: z.url(),
});

export const marketplaceRelayEnvironment = relayEnvironment.extend({
  ...holdExpiryQueue,
  LEAD_MACHINE_ARN: z.string().min(1),
});
export const truckQueriesEnvironment = marketplaceQueriesEnvironment.extend(objects);
export const truckCommandsEnvironment = marketplaceCommandsEnvironment.extend(objects);
export const photosEnvironment = commonEnvironment.extend(objects);
export const thumbnailsEnvironment = commonEnvironment.extend(marketplace).extend(objects);

/** `true` where bookings may be completed before their event is over, to try a whole lead in a minute. */
const completeEarly = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Whether e-mail addresses, telephone numbers and links wait for the booking. */
export const maskContacts = {
  MASK_CONTACTS: z.enum(['true', 'false']).transform((text) => text === 'true'),
};

export const leadsCommandsEnvironment = marketplaceCommandsEnvironment.extend({
  ...events,
  ...maskContacts,
  LEADS_COMPLETE_EARLY: completeEarly,
});

export const leadsOutgrownEnvironment = marketplaceBackgroundEnvironment.extend({
  ...sales,
  OUTGROWN_QUEUE_URL: z.url(),
  /** Below, a first booking’s look would not come after what is remembered; above, SQS delays no message. */
  LOOK_AT_SALES_SECONDS: z.coerce.number().int().min(2).max(900),
});

export const leadsQueriesEnvironment = marketplaceQueriesEnvironment.extend({
  ...objects,
  ...sales,
  ...maskContacts,
});
