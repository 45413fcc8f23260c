import type { ProviderResult } from './payment-port.ts';

type Failure = Extract<ProviderResult<never>, { ok: false }>;

/** What the SDK tells of a call that failed; the members that are looked at here. */
export interface StripeFailure {
  readonly type: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether this was thrown by the SDK for a call: its errors have a `type` that begins with `Stripe`. */
export const isStripeFailure = (error: unknown): error is StripeFailure =>
  error instanceof Error && 'type' in error && String(error.type).startsWith('Stripe');

/** The key is wrong or may not do this: ours to mend, and no reason to give a payment up. */
export const isKeyRefused = ({ statusCode }: StripeFailure): boolean =>
  statusCode === 401 || statusCode === 403;

/** The answer is that of an earlier request with this idempotency key: Stripe keeps failures too, for a day. */
export const isReplayed = ({ headers }: StripeFailure): boolean =>
  headers?.['idempotent-replayed'] === 'true';

/** Stripe’s code for a payment that is not in a state that allows the call. */
export const unexpectedState = 'payment_intent_unexpected_state';

export const isUnexpectedState = ({ code }: StripeFailure): boolean => code === unexpectedState;

/** Another request works on the same thing, or there are too many; with 429, and on some routes with 400. */
const busyCodes = new Set(['lock_timeout', 'rate_limit']);

const defaultRetryAfterSeconds = 2;
const maxRetryAfterSeconds = 60;

/**
 * What a failed call means (https://docs.stripe.com/error-low-level): without an answer, with 409,
 * 429 and 5xx, and with a key that is refused, nothing is decided; every other answer is Stripe’s no.
 */
export const failureOf = (failure: StripeFailure): Failure => {
  const { statusCode, code, decline_code, type } = failure;
  const isUndecided =
    statusCode === undefined ||
    statusCode >= 500 ||
    statusCode === 409 ||
    statusCode === 429 ||
    isKeyRefused(failure) ||
    busyCodes.has(code ?? '');
  return isUndecided
    ? { ok: false, reason: 'unavailable', retryAfterSeconds: retryAfterSeconds(failure) }
    : { ok: false, reason: 'refused', code: decline_code ?? code ?? type };
};

const retryAfterSeconds = ({ headers }: StripeFailure): number => {
  const asked = Number(headers?.['retry-after'] ?? Number.NaN);
  return Number.isInteger(asked) && asked > 0
    ? Math.min(asked, maxRetryAfterSeconds)
    : defaultRetryAfterSeconds;
};
