import * as z from 'zod';
import { providerName } from './payment-port.ts';

const providers = z.array(providerName).min(1);

/** Variables of functions that deal with payments; to be spread into theirs. */
export const paymentsEnvironment = z.object({
  /** Providers that customers can choose, separated by commas. */
  PAYMENT_PROVIDERS: z
    .string()
    .transform((list) => list.split(','))
    .pipe(providers),
  /** Empty where Stripe is not offered. */
  STRIPE_SECRET_ARN: z.string().default(''),
  /** Where Stripe’s API is: elsewhere in tests only. */
  STRIPE_API_ORIGIN: z.url().default('https://api.stripe.com'),
});
