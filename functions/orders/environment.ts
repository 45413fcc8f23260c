import * as z from 'zod';
import { paymentsEnvironment } from '../payments/contracts.ts';
import {
  commonEnvironment,
  guardEnvironment,
  idEnvironment,
  relayEnvironment,
} from '../platform/environment.ts';

/** Tables that the transactions of orders write to. */
const tables = {
  ORDERS_TABLE: z.string().min(1),
  TICKETING_TABLE: z.string().min(1),
  ADMISSION_TABLE: z.string().min(1),
};
const plans = { PLANS_BUCKET: z.string().min(1) };
const providers = paymentsEnvironment.shape;
/** Events whose promo codes are managed. */
const events = { CATALOG_TABLE: z.string().min(1) };
const newsQueue = { PAYMENT_NEWS_QUEUE_URL: z.url() };

export const ordersCommandsEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(idEnvironment.shape)
  .extend({ ...tables, ...plans, ...providers, ...newsQueue, ...events })
  .extend({
    /** How long after the end of its longest hold an order may still be paid. */
    PAYMENT_GRACE_SECONDS: z.coerce.number().int().min(1),
    /** Where news of the payments of leads go: the webhook of Stripe is one for all. */
    MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: z.url(),
    /** How long a `card_slow` of the test provider takes. */
    SLOW_PAYMENT_SECONDS: z.coerce.number().int().min(1),
  });
export const ordersRsvpsEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(idEnvironment.shape)
  .extend({ ...tables, ...plans, ...events });
export const ordersQueriesEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend({ ORDERS_TABLE: z.string().min(1), ...events });
const undoQueue = { SESSION_UNDO_QUEUE_URL: z.url() };
export const ordersSessionCancelledEnvironment = commonEnvironment.extend(undoQueue);
export const ordersSessionUndoEnvironment = commonEnvironment.extend({ ...tables, ...undoQueue });
export const ordersRelayEnvironment = relayEnvironment.extend({ ORDER_MACHINE_ARN: z.string().min(1) });
/** Of the machine’s function and the consumers. */
export const ordersBackgroundEnvironment = commonEnvironment.extend({ ...tables, ...plans, ...providers });
export const ordersReconciliationEnvironment = ordersBackgroundEnvironment.extend({
  ORDER_MACHINE_ARN: z.string().min(1),
});
export const ordersPaymentNewsEnvironment = ordersBackgroundEnvironment.extend(newsQueue);
