import { openTable } from '../platform/table.ts';
import type { PaymentProvider, ProviderName } from './payments/payment-port.ts';
import type { Providers } from './ports.ts';

/** Opens the adapter of each provider; an adapter is loaded when it is first used. */
const openers: Readonly<
  Partial<Record<ProviderName, (ordersTable: string, clock: () => number) => Promise<PaymentProvider>>>
> = {
  test: async (ordersTable, clock) =>
    (await import('./payments/test-provider.ts')).openTestProvider(openTable(ordersTable), clock),
};

/** The providers of a stage, by name. Throws for one that the stage does not have. */
export const openProviders = (
  names: readonly ProviderName[],
  ordersTable: string,
  clock: () => number,
): Providers => {
  const opened = new Map<ProviderName, Promise<PaymentProvider>>();
  return (name) => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const open = names.includes(name) ? openers[name] : undefined;
    if (open === undefined) throw new Error(`This stage has no provider ${name}`);
    const provider = open(ordersTable, clock);
    opened.set(name, provider);
    provider.catch(() => opened.delete(name));
    return provider;
  };
};
