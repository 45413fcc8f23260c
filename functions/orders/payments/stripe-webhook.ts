import type Stripe from 'stripe';
import { ok, problem } from '../../platform/answer.ts';
import { logger } from '../../platform/logger.ts';
import type { ApiRequest, Handlers } from '../../platform/route.ts';
import type { PaymentNews, PaymentProvider, RefundNews } from './payment-port.ts';
import { loadStripe } from './stripe-client.ts';
import { isStripeFailure } from './stripe-failure.ts';
import type { StripeKeyRing } from './stripe-keys.ts';
import { type EventSubject, subjectOf } from './stripe-news.ts';
import type { stripeRoutes } from './stripe-routes.ts';

export type WebhookRequest = ApiRequest<(typeof stripeRoutes)['receiveStripeWebhook']>;

/** What is done with news: both harmless when told twice, late, or before our own note of the payment. */
export interface NewsUseCases {
  /** Throws when it cannot be done now: Stripe delivers again. */
  applyPaymentNews(news: PaymentNews, request: WebhookRequest): Promise<unknown>;
  applyRefundNews(news: RefundNews, request: WebhookRequest): Promise<unknown>;
}

/** Oldest signature taken, in seconds: what was listened to cannot be sent again later. */
const toleranceSeconds = 300;

/**
 * The route’s handler. Answers 2xx only after the news were applied: whatever fails before is delivered again
 * by Stripe, for three days.
 * @param stripe undefined on a stage that does not offer Stripe: there is no such webhook then.
 */
export const stripeWebhook = (
  stripe: { readonly keys: StripeKeyRing; readonly provider: Pick<PaymentProvider, 'read'> } | undefined,
  useCases: NewsUseCases,
): Handlers<typeof stripeRoutes> => ({
  async receiveStripeWebhook(request) {
    if (stripe === undefined) return problem('NOT_FOUND', { detail: 'Stripe is not offered here.' });
    const { keys, provider } = stripe;
    const verified = await verify(keys, request);
    if (verified === undefined) return problem('WEBHOOK_SIGNATURE_INVALID');
    const subject = subjectOf(verified);
    if (subject.kind === 'none') {
      logger.info('webhook ignored', { provider: 'stripe', event: verified.id, type: verified.type });
      return ok(200, { outcome: 'ignored' });
    }
    if (subject.kind === 'payment') {
      await useCases.applyPaymentNews(await currentNews(provider, subject), request);
    } else {
      await useCases.applyRefundNews(subject.news, request);
    }
    return ok(200, { outcome: 'applied' });
  },
});

/** The event, if one of the endpoint’s secrets signed these bytes just now. */
const verify = async (keys: StripeKeyRing, request: WebhookRequest): Promise<Stripe.Event | undefined> => {
  const signature = request.headers['stripe-signature'];
  if (signature === undefined) return undefined;
  const [{ webhooks }, { webhookSecrets }] = await Promise.all([loadStripe(), keys.current()]);
  const bytes = Buffer.from(request.body);
  for (const secret of webhookSecrets) {
    try {
      return await webhooks.constructEventAsync(
        bytes,
        signature,
        secret,
        toleranceSeconds,
        undefined,
        request.now.getTime(),
      );
    } catch (error) {
      if (!isStripeFailure(error) || error.type !== 'StripeSignatureVerificationError') throw error;
    }
  }
  return undefined;
};

/**
 * An event shows the payment as it was. Before money that was set aside decides anything, the payment is asked
 * what it is now: an authorization that is told after its cancellation would sell places that nobody pays.
 * When Stripe does not answer, the event stands: it was true, the deadline of the order does not wait, and the
 * capture that follows finds out.
 */
const currentNews = async (
  provider: Pick<PaymentProvider, 'read'>,
  { news, isLast }: Extract<EventSubject, { kind: 'payment' }>,
): Promise<PaymentNews> => {
  if (isLast) return news;
  const current = await provider.read(news.paymentId);
  return current.ok ? current.value : news;
};
