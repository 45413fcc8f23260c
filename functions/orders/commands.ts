import { readEnvironment } from '../platform/environment.ts';
import { idSecret } from '../platform/id-secret.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { openOrderClaims } from '../ticketing/contracts.ts';
import { ordersCommandsEnvironment } from './environment.ts';
import { openOrders } from './order-store.ts';
import { orderCommands, orderLoaders } from './orders-api.ts';
import { openProviders } from './providers.ts';
import { ordersCommandRoutes } from './routes.ts';

const environment = readEnvironment(ordersCommandsEnvironment);
const { ORDERS_TABLE, TICKETING_TABLE, ADMISSION_TABLE, PAYMENT_PROVIDERS } = environment;
const clock = () => epochSeconds(new Date());
const orders = openOrders(openTable(ORDERS_TABLE));

export const handler = serve({
  routes: ordersCommandRoutes,
  handlers: orderCommands({
    orders,
    claims: openOrderClaims(TICKETING_TABLE, environment.PLANS_BUCKET, clock),
    tables: { ticketing: TICKETING_TABLE, admission: ADMISSION_TABLE },
    providers: openProviders(PAYMENT_PROVIDERS, ORDERS_TABLE, clock),
    providerNames: PAYMENT_PROVIDERS,
    idSecret: () => idSecret(environment.ID_SECRET_ARN),
    graceSeconds: environment.PAYMENT_GRACE_SECONDS,
    slowSeconds: environment.SLOW_PAYMENT_SECONDS,
    testProvider: async () =>
      (await import('./payments/test-provider.ts')).openTestProvider(openTable(ORDERS_TABLE), clock),
    // Only payments of tests come here: what they need is not loaded for others.
    askLater: async (question) => {
      const { sendMessages } = await import('../platform/queue.ts');
      const { paymentTimer } = await import('./payment-timer.ts');
      await sendMessages([paymentTimer(environment.PAYMENT_NEWS_QUEUE_URL, question, clock())]);
    },
    clock,
  }),
  loaders: orderLoaders(orders),
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
