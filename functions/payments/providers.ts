import type { Table } from '../platform/table.ts';
import type { PaymentProvider, ProviderName } from './payment-port.ts';

/** The adapter of a provider by name. */
export type Providers = (name: ProviderName) => Promise<PaymentProvider>;

interface StripeSettings {
  /** Empty where the stage does not have Stripe. */
  readonly secretArn: string;
  readonly apiOrigin: string;
}

interface ProviderSettings {
  /** Providers that the stage has. */
  readonly names: readonly ProviderName[];
  /** Where the test provider keeps the payments of this context. */
  readonly table: Table;
  readonly stripe: StripeSettings;
  /** Epoch seconds. */
  readonly clock: () => number;
}

let stripe: ReturnType<typeof loadStripe> | undefined;
const loadStripe = async ({ secretArn, apiOrigin }: StripeSettings) =>
  (await import('./open-stripe.ts')).openStripe(secretArn, apiOrigin);

/** Stripe with its one guard of the process, for provider and webhook alike; undefined where it is not offered. */
export const stripeOf = (settings: StripeSettings): ReturnType<typeof loadStripe> => {
  stripe ??= loadStripe(settings);
  return stripe;
};

/** Opens the adapter of each provider; its code is loaded when it is first used. */
const openers: Readonly<Record<ProviderName, (settings: ProviderSettings) => Promise<PaymentProvider>>> = {
  test: async ({ table, clock }) => (await import('./test-provider.ts')).openTestProvider(table, clock),
  stripe: async (settings) => {
    const opened = await stripeOf(settings.stripe);
    if (opened === undefined) throw new Error('This stage has no secret of Stripe');
    return opened.provider;
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
