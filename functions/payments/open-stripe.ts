import { guardProvider } from './guarded-provider.ts';
import type { PaymentProvider } from './payment-port.ts';
import { openStripeKeys, type StripeKeyRing } from './stripe-keys.ts';
import { openStripeProvider } from './stripe-provider.ts';

/**
 * Stripe as a function has it: one key ring and one guard for the process. Nothing is read or loaded before the
 * first call.
 * @param secretArn empty where the stage does not offer Stripe: undefined then.
 */
export const openStripe = (
  secretArn: string,
  apiOrigin: string,
): { readonly keys: StripeKeyRing; readonly provider: PaymentProvider } | undefined => {
  if (secretArn === '') return undefined;
  const keys = openStripeKeys(secretArn);
  return { keys, provider: guardProvider(openStripeProvider(keys, { apiOrigin })) };
};
