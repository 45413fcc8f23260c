import * as z from 'zod';
import { commonEnvironment } from '../platform/environment.ts';

const table = { NOTIFICATIONS_TABLE: z.string().min(1) };
const noticesQueue = { NOTICES_QUEUE_URL: z.url() };
/** Where facts are read when they are told. */
const facts = {
  ORDERS_TABLE: z.string().min(1),
  ADMISSION_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
};
const sender = {
  /** Address that mails come from. */
  MAIL_FROM: z.string().min(1),
  MAIL_CONFIGURATION_SET: z.string().min(1),
};
const pace = { NOTICE_MAILS_PER_SECOND: z.coerce.number().int().min(1) };

export const notificationsMailEnvironment = commonEnvironment.extend({
  ...table,
  ...facts,
  ...sender,
  ...noticesQueue,
  MARKETPLACE_TABLE: z.string().min(1),
  /** Whether the sides of a lead read each other’s addresses and numbers from the booking on only. */
  MASK_CONTACTS: z.enum(['true', 'false']).transform((text) => text === 'true'),
  /** Ids of the keys that sign tickets, newest first, separated by commas. */
  TICKET_KEYS: z
    .string()
    .min(1)
    .transform((list) => list.split(',')),
});
export const notificationsNoticesEnvironment = commonEnvironment.extend({
  ...table,
  ...facts,
  ...sender,
  ...noticesQueue,
  ...pace,
});
export const notificationsRemindersEnvironment = commonEnvironment.extend({ ...table, ...noticesQueue });
