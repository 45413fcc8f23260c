import * as z from 'zod';
import { paymentsEnvironment } from '../../payments/contracts.ts';
import {
  marketplaceBackgroundEnvironment,
  marketplaceCommandsEnvironment,
  maskContacts,
} from '../environment.ts';

/** What deals with deposits without a request. */
export const leadsPaymentEnvironment = marketplaceBackgroundEnvironment.extend(paymentsEnvironment.shape);

const newsQueue = { PAYMENT_NEWS_QUEUE_URL: z.url() };
export const leadsPaymentNewsEnvironment = leadsPaymentEnvironment.extend(newsQueue);

export const leadsDepositsEnvironment = marketplaceCommandsEnvironment
  .extend(paymentsEnvironment.shape)
  .extend(newsQueue)
  .extend(maskContacts)
  .extend({
    /** How long a `card_slow` of the test provider takes. */
    SLOW_PAYMENT_SECONDS: z.coerce.number().int().min(1),
  });
