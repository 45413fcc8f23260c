import type Stripe from 'stripe';
import type { StripeKeyRing } from './stripe-keys.ts';

/**
 * The version of Stripe’s API that requests, answers and the webhook endpoint speak. It changes with the SDK,
 * whose types it must fit.
 */
export const stripeApiVersion = '2026-10-28.endive' as const;

export interface StripeClientSettings {
  /** `https://api.stripe.com`, or that of a test. */
  readonly apiOrigin: string;
  /** For each try of a call. */
  readonly timeoutMs?: number;
  /** Tries after the first, by the SDK: with the same idempotency key, backing off with jitter. */
  readonly maxNetworkRetries?: number;
}

/** Two tries and the pause between them end before the function that waits for them does. */
const defaults = { timeoutMs: 3_500, maxNetworkRetries: 1 } as const satisfies Partial<StripeClientSettings>;

/** The SDK is large: it is loaded by the first call that needs it, not at a function’s cold start. */
export const loadStripe = async (): Promise<typeof Stripe> => (await import('stripe')).default;

/** Gives the SDK’s client for the keys of now; a new one when the key was replaced. */
export const openStripeClient = (
  keys: StripeKeyRing,
  settings: StripeClientSettings,
): (() => Promise<Stripe>) => {
  const { apiOrigin, timeoutMs, maxNetworkRetries } = { ...defaults, ...settings };
  const { hostname, port, protocol } = new URL(apiOrigin);
  let made: { readonly secretKey: string; readonly client: Stripe } | undefined;
  return async () => {
    const [StripeSdk, { secretKey }] = await Promise.all([loadStripe(), keys.current()]);
    if (made?.secretKey !== secretKey) {
      const client = new StripeSdk(secretKey, {
        apiVersion: stripeApiVersion,
        host: hostname,
        ...(port !== '' && { port }),
        protocol: protocol === 'http:' ? 'http' : 'https',
        timeout: timeoutMs,
        maxNetworkRetries,
        telemetry: false,
      });
      made = { secretKey, client };
    }
    return made.client;
  };
};
