import type * as z from 'zod';
import { openProviders } from '../../payments/contracts.ts';
import { openTable } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { leadsPaymentEnvironment } from './deposit-environment.ts';

/** What everything that deals with deposits stands on. */
export const depositPorts = (environment: z.output<typeof leadsPaymentEnvironment>) => {
  const table = openTable(environment.MARKETPLACE_TABLE);
  const clock = () => epochSeconds(new Date());
  return {
    table,
    clock,
    providers: openProviders({
      names: environment.PAYMENT_PROVIDERS,
      table,
      stripe: { secretArn: environment.STRIPE_SECRET_ARN, apiOrigin: environment.STRIPE_API_ORIGIN },
      clock,
    }),
  };
};
