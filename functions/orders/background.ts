import type * as z from 'zod';
import { openProviders } from '../payments/contracts.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { openOrderClaims } from '../ticketing/contracts.ts';
import type { ordersBackgroundEnvironment } from './environment.ts';
import { openOutstandingOrders } from './outstanding-store.ts';
import { answerToken } from './task-token.ts';

/** What machine, settlement and the consumer of payment news stand on. */
export const backgroundPorts = (environment: z.output<typeof ordersBackgroundEnvironment>) => {
  const { ORDERS_TABLE, TICKETING_TABLE, ADMISSION_TABLE, PLANS_BUCKET } = environment;
  const clock = () => epochSeconds(new Date());
  const table = openTable(ORDERS_TABLE);
  return {
    orders: openOutstandingOrders(table),
    claims: openOrderClaims(TICKETING_TABLE, PLANS_BUCKET, clock),
    tables: { ticketing: TICKETING_TABLE, admission: ADMISSION_TABLE },
    providers: openProviders({
      names: environment.PAYMENT_PROVIDERS,
      table,
      stripe: { secretArn: environment.STRIPE_SECRET_ARN, apiOrigin: environment.STRIPE_API_ORIGIN },
      clock,
    }),
    clock,
    answerToken,
  };
};
