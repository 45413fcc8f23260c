import * as z from 'zod';
import { fetchSecret } from '../platform/secret.ts';

/** What the secret of Stripe holds, as JSON text. */
const stripeKeys = z.object({
  /** `sk_…`, or better a restricted key `rk_…`. */
  secretKey: z.string().regex(/^[rs]k_(?:live|test)_\w+$/),
  /** Signing secrets of the webhook endpoint; two while one is being replaced. */
  webhookSecrets: z
    .array(z.string().regex(/^whsec_\w+$/))
    .min(1)
    .max(4),
});

export type StripeKeys = z.output<typeof stripeKeys>;

export interface StripeKeyRing {
  /** The keys as they were at most `cacheSeconds` ago. @throws Error when there are none. */
  current(): Promise<StripeKeys>;
  /** Stripe refused the key: the next call reads the secret again. */
  forget(): void;
}

/** A replaced key is in use after this time at the latest. */
const cacheSeconds = 300;

/**
 * The keys of Stripe, from Secrets Manager, kept in memory for some minutes. A failure is not kept.
 * @param clock gives epoch milliseconds.
 */
export const openStripeKeys = (
  secretArn: string,
  clock: () => number = Date.now,
  fetch: (arn: string) => Promise<string> = fetchSecret,
): StripeKeyRing => {
  let kept: { readonly keys: Promise<StripeKeys>; readonly until: number } | undefined;
  return {
    current() {
      if (kept !== undefined && clock() < kept.until) return kept.keys;
      const fetched = {
        keys: fetch(secretArn).then((text) => parseStripeKeys(`The secret ${secretArn}`, text)),
        until: clock() + cacheSeconds * 1_000,
      };
      kept = fetched;
      fetched.keys.catch(() => {
        if (kept === fetched) kept = undefined;
      });
      return fetched.keys;
    },
    forget() {
      kept = undefined;
    },
  };
};

/**
 * Reads the text of a secret, or of a file of keys. Errors name it and the members that are wrong, never what they hold.
 * @throws Error when it holds no keys.
 */
export const parseStripeKeys = (source: string, text: string): StripeKeys => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${source} holds no Stripe keys yet: it is not JSON`);
  }
  const result = stripeKeys.safeParse(value);
  if (result.success) return result.data;
  const members = [...new Set(result.error.issues.map(({ path }) => path.join('.') || 'the document'))];
  throw new Error(`${source} holds no Stripe keys: look at ${members.join(', ')}`);
};
