import type { EventReader } from '../catalog/event-contracts.ts';
import { openProviders, type PaymentQuestion, stripeOf } from '../payments/contracts.ts';
import { readEnvironment } from '../platform/environment.ts';
import { idSecret } from '../platform/id-secret.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import type { Handlers } from '../platform/route.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { openOrderClaims } from '../ticketing/contracts.ts';
import type { ExtendForPayment } from '../ticketing/payment-extension-contracts.ts';
import { ordersCommandsEnvironment } from './environment.ts';
import { openOrders } from './order-store.ts';
import { orderCommands } from './orders-api.ts';
import type { promoCommandRoutes } from './promo-routes.ts';
import { openPromoCodes } from './promo-store.ts';
import { orderLoaders } from './request-of-order.ts';
import { type orderCommandRoutes, ordersCommandRoutes } from './routes.ts';

const environment = readEnvironment(ordersCommandsEnvironment);
const { ORDERS_TABLE, TICKETING_TABLE, ADMISSION_TABLE, PAYMENT_PROVIDERS } = environment;
const stripe = { secretArn: environment.STRIPE_SECRET_ARN, apiOrigin: environment.STRIPE_API_ORIGIN };
const clock = () => epochSeconds(new Date());
const table = openTable(ORDERS_TABLE);
const orders = openOrders(table);
const promoCodes = openPromoCodes(table);

let extension: Promise<ExtendForPayment> | undefined;

const ports = {
  orders,
  promoCodes,
  claims: openOrderClaims(TICKETING_TABLE, environment.PLANS_BUCKET, clock),
  // Needed only while a provider is down.
  extendForPayment: async (holdIds, payBy, by) => {
    extension ??= import('../ticketing/payment-extension-contracts.ts').then(({ openPaymentExtension }) =>
      openPaymentExtension(TICKETING_TABLE, environment.PLANS_BUCKET, clock),
    );
    return (await extension)(holdIds, payBy, by);
  },
  tables: { ticketing: TICKETING_TABLE, admission: ADMISSION_TABLE },
  providers: openProviders({
    names: PAYMENT_PROVIDERS,
    table,
    stripe,
    clock,
  }),
  providerNames: PAYMENT_PROVIDERS,
  idSecret: () => idSecret(environment.ID_SECRET_ARN),
  graceSeconds: environment.PAYMENT_GRACE_SECONDS,
  slowSeconds: environment.SLOW_PAYMENT_SECONDS,
  testProvider: async () =>
    (await import('../payments/test-provider-contracts.ts')).openTestProvider(table, clock),
  // Only payments of tests come here: what they need is not loaded for others.
  askLater: async (question: PaymentQuestion) => {
    const timer = await import('../payments/timer-contracts.ts');
    await timer.askLater(environment.PAYMENT_NEWS_QUEUE_URL, question, clock());
  },
  clock,
} satisfies Parameters<typeof orderCommands>[0];

let eventReader: Promise<EventReader> | undefined;
/** Events are looked at for promo codes only. */
const events = (): Promise<EventReader> => {
  eventReader ??= import('../catalog/event-contracts.ts').then(({ openEventReader }) =>
    openEventReader(openTable(environment.CATALOG_TABLE)),
  );
  return eventReader;
};
const loaders = { ...orderLoaders(orders), event: async (id: string) => (await events()).event(id) };
type LoadersOfAll = typeof loaders;

/** What organizers and Stripe come for is loaded when they come: customers wait for none of it. */
const promoCommands = async () => {
  const { promoCodeCommands } = await import('./promo-codes-api.ts');
  // It knows the loader of its own routes only.
  return promoCodeCommands(promoCodes, await events()) as unknown as Handlers<
    typeof promoCommandRoutes,
    LoadersOfAll
  >;
};

export const handler = serve<typeof ordersCommandRoutes, LoadersOfAll>({
  routes: ordersCommandRoutes,
  handlers: {
    ...(orderCommands(ports) as unknown as Handlers<typeof orderCommandRoutes, LoadersOfAll>),
    createPromoCode: async (request) => (await promoCommands()).createPromoCode(request),
    updatePromoCode: async (request) => (await promoCommands()).updatePromoCode(request),
    receiveStripeWebhook: async (request) => {
      const { applyAtOnce, sendTo, stripeWebhook } = await import('../payments/webhook-contracts.ts');
      const { receivePaymentNews } = await import('./receive-news.ts');
      const { applyRefundNews } = await import('./settle-refund.ts');
      const order = applyAtOnce({
        applyPaymentNews: (news, by) => receivePaymentNews(ports, news, (what) => stamp(what, by)),
        applyRefundNews: (news, by) => applyRefundNews(ports, news, (what) => stamp(what, by)),
      });
      const lead = sendTo(environment.MARKETPLACE_PAYMENT_NEWS_QUEUE_URL);
      return stripeWebhook(await stripeOf(stripe), { order, lead }).receiveStripeWebhook(request as never);
    },
  },
  loaders,
  guard: async () => (await import('../identity/contracts.ts')).identityGuard(),
  idSecretArn: environment.ID_SECRET_ARN,
});
