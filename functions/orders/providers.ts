import { openTable } from '../platform/table.ts';
import type { PaymentProvider, ProviderName } from './payments/payment-port.ts';
import type { Providers } from './ports.ts';

interface ProviderSettings {
  /** Providers that the stage has. */
  readonly names: readonly ProviderName[];
  /** Where the test provider keeps its payments. */
  readonly ordersTable: string;
  /** Empty where the stage does not have Stripe. */
  readonly stripeSecretArn: string;
  /** Epoch seconds. */
  readonly clock: () => number;
}

let stripe: ReturnType<typeof loadStripe> | undefined;
const loadStripe = async (secretArn: string) =>
  (await import('./payments/open-stripe.ts')).openStripe(secretArn);

/** Stripe with its one guard of the process, for provider and webhook alike; undefined where it is not offered. */
export const stripeOf = (secretArn: string): ReturnType<typeof loadStripe> => {
  stripe ??= loadStripe(secretArn);
  return stripe;
};

/** Opens the adapter of each provider; its code is loaded when it is first used. */
const openers: Readonly<Record<ProviderName, (settings: ProviderSettings) => Promise<PaymentProvider>>> = {
  test: async ({ ordersTable, clock }) =>
    (await import('./payments/test-provider.ts')).openTestProvider(openTable(ordersTable), clock),
  stripe: async ({ stripeSecretArn }) => {
    const stripe = await stripeOf(stripeSecretArn);
    if (stripe === undefined) throw new Error('This stage has no secret of Stripe');
    return stripe.provider;
  },
};

/** The providers of a stage, by name. Throws for one that the stage does not have. */
export const openProviders = (settings: ProviderSettings): Providers => {
  const opened = new Map<ProviderName, Promise<PaymentProvider>>();
  return (name) => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    if (!settings.names.includes(name)) throw new Error(`This stage has no provider ${name}`);
    const provider = openers[name](settings);
    opened.set(name, provider);
    provider.catch(() => opened.delete(name));
    return provider;
  };
};
