import type { PaymentQuestion } from '../../payments/contracts.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { leadDepositRoutes } from '../leads/routes.ts';
import { marketplaceLoaders } from '../loaders.ts';
import { leadsDepositsEnvironment } from './deposit-environment.ts';
import { depositPorts } from './deposit-ports.ts';
import { depositCommands } from './deposits-api.ts';

const environment = readEnvironment(leadsDepositsEnvironment);
const ports = depositPorts(environment);
const { table, clock } = ports;

/** A function of its own: what is said of leads needs no key of a provider. */
export const handler = serve({
  routes: leadDepositRoutes,
  handlers: depositCommands({
    ...ports,
    providerNames: environment.PAYMENT_PROVIDERS,
    masksContacts: environment.MASK_CONTACTS,
    slowSeconds: environment.SLOW_PAYMENT_SECONDS,
    // Only payments of tests come here: what they need is not loaded for others.
    testProvider: async () =>
      (await import('../../payments/test-provider-contracts.ts')).openTestProvider(table, clock),
    askLater: async (question: PaymentQuestion) => {
      const timer = await import('../../payments/timer-contracts.ts');
      await timer.askLater(environment.PAYMENT_NEWS_QUEUE_URL, question, clock());
    },
  }),
  loaders: marketplaceLoaders(table),
  guard: async () => (await import('../../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
