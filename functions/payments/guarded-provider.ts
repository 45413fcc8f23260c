import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhenResult,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { logger } from '../platform/logger.ts';
import type { PaymentProvider, ProviderResult } from './payment-port.ts';

export interface GuardSettings {
  /** For a call with all its tries; below the timeout of the function that waits for it. */
  readonly timeoutSeconds: number;
  /** Calls at once in this process; more are turned away. */
  readonly maxCalls: number;
  /** The circuit opens when more than half of the last `sampleSize` calls got no answer, … */
  readonly sampleSize: number;
  /** … of at least so many. */
  readonly minSamples: number;
  /** How long an open circuit stays open; then one call tries. */
  readonly openSeconds: number;
}

const defaults: GuardSettings = {
  timeoutSeconds: 8,
  maxCalls: 20,
  sampleSize: 20,
  minSamples: 5,
  openSeconds: 15,
};

/** When it is worth coming back after a call that was one too many, or took too long. */
const soonSeconds = 1;

const unavailable = (retryAfterSeconds: number) =>
  ({ ok: false, reason: 'unavailable', retryAfterSeconds }) as const;

const isUnavailable = (result: unknown): boolean =>
  (result as ProviderResult<unknown>).ok === false &&
  (result as { readonly reason: string }).reason === 'unavailable';

/**
 * A provider behind a bulkhead, a circuit breaker and a timeout, whose state is that of the process. Only calls
 * without an answer (`unavailable`, or out of time) count against the provider; a refusal is an answer.
 * While the circuit is open every call is `unavailable` until it may be tried again.
 * A call that ran out of time goes on by itself: its repeat finds what became of it, as the port demands.
 */
export const guardProvider = (
  provider: PaymentProvider,
  settings: Partial<GuardSettings> = {},
): PaymentProvider => {
  const { timeoutSeconds, maxCalls, sampleSize, minSamples, openSeconds } = { ...defaults, ...settings };
  const breaker = circuitBreaker(handleWhenResult(isUnavailable).orType(TaskCancelledError), {
    halfOpenAfter: openSeconds * 1_000,
    breaker: new CountBreaker({ threshold: 0.5, size: sampleSize, minimumNumberOfCalls: minSamples }),
  });
  let openedAt = 0;
  breaker.onBreak(() => {
    openedAt = Date.now();
    logger.error('payment circuit opened', { provider: provider.name, openSeconds });
  });
  breaker.onReset(() => logger.info('payment circuit closed', { provider: provider.name }));
  const policy = wrap(
    bulkhead(maxCalls),
    breaker,
    timeout(timeoutSeconds * 1_000, TimeoutStrategy.Aggressive),
  );

  const guarded = async <T>(call: () => Promise<ProviderResult<T>>): Promise<ProviderResult<T>> => {
    // The library would let calls wait for the one that tries; a customer is better told to come back.
    if (breaker.state === CircuitState.HalfOpen) return unavailable(soonSeconds);
    try {
      return await policy.execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        return unavailable(Math.max(soonSeconds, Math.ceil((openedAt - Date.now()) / 1_000 + openSeconds)));
      }
      if (error instanceof BulkheadRejectedError || error instanceof TaskCancelledError) {
        return unavailable(soonSeconds);
      }
      throw error;
    }
  };

  return {
    name: provider.name,
    create: (payment) => guarded(() => provider.create(payment)),
    capture: (paymentId) => guarded(() => provider.capture(paymentId)),
    void: (paymentId) => guarded(() => provider.void(paymentId)),
    refund: (paymentId, refundId, amount) => guarded(() => provider.refund(paymentId, refundId, amount)),
    read: (paymentId) => guarded(() => provider.read(paymentId)),
  };
};
