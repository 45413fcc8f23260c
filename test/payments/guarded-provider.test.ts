import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { guardProvider } from '../../functions/payments/guarded-provider.ts';
import type {
  PaymentProvider,
  PaymentStatus,
  ProviderResult,
} from '../../functions/payments/payment-port.ts';
import { logger } from '../../functions/platform/logger.ts';

type Result = ProviderResult<PaymentStatus>;

const captured: Result = { ok: true, value: 'captured' };
const refused: Result = { ok: false, reason: 'refused', code: 'card_declined' };
const down: Result = { ok: false, reason: 'unavailable', retryAfterSeconds: 2 };
const unavailable = (retryAfterSeconds: number): Result => ({
  ok: false,
  reason: 'unavailable',
  retryAfterSeconds,
});

/** Library and guard read the time of day and set timers: both stand still here until they are moved. */
beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2037-03-01T20:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const settings = { timeoutSeconds: 8, maxCalls: 2, sampleSize: 10, minSamples: 4, openSeconds: 15 };

/** A guarded provider whose captures come to what `answer` says. */
const guard = (answer: () => Promise<Result>) => {
  let calls = 0;
  const capture = () => {
    calls += 1;
    return answer();
  };
  const provider = guardProvider({ name: 'stripe', capture } as unknown as PaymentProvider, settings);
  return { capture: () => provider.capture('pi_1'), calls: () => calls };
};

/** A provider that answers `results` in turn, then `captured`. */
const answering = (results: readonly Result[]) => {
  const left = [...results];
  return guard(async () => left.shift() ?? captured);
};

describe('a guarded provider', () => {
  test('passes every call and its answer on', async () => {
    const calls: unknown[] = [];
    const answer =
      (name: string) =>
      async (...given: unknown[]) => {
        calls.push([name, ...given]);
        return { ok: true, value: name };
      };
    const provider = guardProvider({
      name: 'stripe',
      create: answer('create'),
      capture: answer('capture'),
      void: answer('void'),
      refund: answer('refund'),
      read: answer('read'),
    } as unknown as PaymentProvider);
    const amount = { amount: 100, currency: 'EUR' };
    const payment = { payableId: 'ord_1', amount, description: 'A', email: 'a@example.com' };
    expect(await provider.create(payment)).toEqual({ ok: true, value: 'create' });
    expect(await provider.capture('pi_1')).toEqual({ ok: true, value: 'capture' });
    expect(await provider.void('pi_1')).toEqual({ ok: true, value: 'void' });
    expect(await provider.refund('pi_1', 'rfd_1', amount)).toEqual({ ok: true, value: 'refund' });
    expect(await provider.read('pi_1')).toEqual({ ok: true, value: 'read' });
    expect(calls).toEqual([
      ['create', payment],
      ['capture', 'pi_1'],
      ['void', 'pi_1'],
      ['refund', 'pi_1', 'rfd_1', amount],
      ['read', 'pi_1'],
    ]);
    expect(provider.name).toBe('stripe');
  });

  test('that gets no answer is not asked again until the circuit may be tried', async () => {
    const opened = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const { capture, calls } = answering([down, down, down, down]);
    for (let time = 0; time < 4; time += 1) expect(await capture()).toEqual(down);
    expect(calls()).toBe(4);
    expect(opened.mock.calls).toEqual([['payment circuit opened', { provider: 'stripe', openSeconds: 15 }]]);

    expect(await capture()).toEqual(unavailable(15));
    vi.advanceTimersByTime(5_001);
    expect(await capture()).toEqual(unavailable(10));
    vi.advanceTimersByTime(9_998);
    expect(await capture()).toEqual(unavailable(1));
    expect(calls()).toBe(4);
  });

  test('is tried by one call when the time is over; the others are told to come back', async () => {
    vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const closed = vi.spyOn(logger, 'info').mockImplementation(() => undefined);
    const { promise, resolve } = Promise.withResolvers<Result>();
    const results = [down, down, down, down].map(async (result) => result);
    const { capture, calls } = guard(() => results.shift() ?? promise);
    for (let time = 0; time < 4; time += 1) await capture();
    vi.advanceTimersByTime(15_000);
    const first = capture();
    expect(await capture()).toEqual(unavailable(1));
    expect(calls()).toBe(5);
    expect(closed).not.toHaveBeenCalled();
    resolve(captured);
    expect(await first).toEqual(captured);
    expect(closed.mock.calls).toEqual([['payment circuit closed', { provider: 'stripe' }]]);
    expect(await capture()).toEqual(captured);
    expect(calls()).toBe(6);
  });

  test('that is still down when tried stays away for as long again', async () => {
    const opened = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const { capture, calls } = answering([down, down, down, down, down]);
    for (let time = 0; time < 4; time += 1) await capture();
    vi.advanceTimersByTime(15_000);
    expect(await capture()).toEqual(down);
    expect(await capture()).toEqual(unavailable(15));
    expect(opened).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(15_000);
    expect(await capture()).toEqual(captured);
    expect(calls()).toBe(6);
  });

  test('may refuse as often as it likes: a refusal is an answer', async () => {
    const { capture, calls } = answering(Array.from({ length: 30 }, () => refused));
    for (let time = 0; time < 30; time += 1) expect(await capture()).toEqual(refused);
    expect(calls()).toBe(30);
  });

  test('opens at more than half of the last ten calls, not before', async () => {
    vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const half = [captured, down, captured, down, captured, down, captured, down, captured, down];
    const { capture, calls } = answering([...half, ...half, down]);
    for (let time = 0; time < 20; time += 1) await capture();
    expect(calls()).toBe(20);
    // The sixth failure among ten.
    expect(await capture()).toEqual(down);
    expect(await capture()).toEqual(unavailable(15));
  });

  test('that does not answer within its time is unavailable, and that counts', async () => {
    const opened = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const { capture } = guard(() => new Promise(() => undefined));
    for (let time = 0; time < 4; time += 1) {
      const call = capture();
      await vi.advanceTimersByTimeAsync(7_999);
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(await call).toEqual(unavailable(1));
    }
    expect(opened).toHaveBeenCalledTimes(1);
    expect(await capture()).toEqual(unavailable(15));
  });

  test('takes so many calls at once; more are turned away, and that does not count', async () => {
    const { promise, resolve } = Promise.withResolvers<Result>();
    const { capture, calls } = guard(() => promise);
    const running = [capture(), capture()];
    for (let time = 0; time < 20; time += 1) expect(await capture()).toEqual(unavailable(1));
    expect(calls()).toBe(2);
    resolve(captured);
    expect(await Promise.all(running)).toEqual([captured, captured]);
    expect(await capture()).toEqual(captured);
  });

  test('that throws has a fault of its own: passed on, and not counted', async () => {
    const { capture, calls } = guard(async () => {
      throw new Error('The secret holds no Stripe keys');
    });
    for (let time = 0; time < 20; time += 1) await expect(capture()).rejects.toThrow('holds no Stripe keys');
    expect(calls()).toBe(20);
  });
});
