import type Stripe from 'stripe';
import { ok, problem } from '../platform/answer.ts';
import { logger } from '../platform/logger.ts';
import type { ApiRequest, Handlers } from '../platform/route.ts';
import { payableKindOf } from './payable.ts';
import type { PaymentProvider } from './payment-port.ts';
import { loadStripe } from './stripe-client.ts';
import { isStripeFailure } from './stripe-failure.ts';
import type { StripeKeyRing } from './stripe-keys.ts';
import { subjectOf } from './stripe-news.ts';
import type { stripeRoutes } from './stripe-routes.ts';
import type { NewsTakers } from './take-news.ts';

type WebhookRequest = ApiRequest<(typeof stripeRoutes)['receiveStripeWebhook']>;

/** Oldest signature taken, in seconds: what was listened to cannot be sent again later. */
const toleranceSeconds = 300;

/**
 * The route’s handler. Answers 2xx only after the news were taken over: whatever fails before is delivered again
 * by Stripe, for three days.
 * @param stripe undefined on a stage that does not offer Stripe: there is no such webhook then.
 */
export const stripeWebhook = (
  stripe: { readonly keys: StripeKeyRing; readonly provider: Pick<PaymentProvider, 'read'> } | undefined,
  takers: NewsTakers,
): Handlers<typeof stripeRoutes> => ({
  async receiveStripeWebhook(request) {
    if (stripe === undefined) return problem('NOT_FOUND', { detail: 'Stripe is not offered here.' });
    const { keys, provider } = stripe;
    const verified = await verify(keys, request);
    if (verified === undefined) return problem('WEBHOOK_SIGNATURE_INVALID');
    const subject = subjectOf(verified);
    const kind = subject.kind === 'none' ? undefined : payableKindOf(subject.news.payableId);
    if (subject.kind === 'none' || kind === undefined) {
      logger.info('webhook ignored', { provider: 'stripe', event: verified.id, type: verified.type });
      return ok(200, { outcome: 'ignored' });
    }
    return ok(200, { outcome: await takers[kind](subject, provider, request) });
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
