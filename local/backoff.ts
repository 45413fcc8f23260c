import { setTimeout as delay } from 'node:timers/promises';

/** Waits longer with every attempt (50 ms doubled, 5 s at most), or until the signal stops it. */
export const backOff = async (attempt: number, signal: AbortSignal): Promise<void> => {
  await pause(Math.min(50 * 2 ** attempt, 5_000), signal);
};

/** Waits, or until the signal stops it; the caller looks at the signal. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => undefined);
};

/** Longest timer of Node: 2^31 − 1 ms, 24.8 days; a longer one fires at once. */
const maxTimerMs = 2 ** 31 - 1;

/** Calls back at an instant, however far away. What it gives calls that off. */
export const callAt = (epochMs: number, callback: () => void): (() => void) => {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = Math.max(epochMs - Date.now(), 0);
    timer = left > maxTimerMs ? setTimeout(arm, maxTimerMs) : setTimeout(callback, left);
  };
  arm();
  return () => clearTimeout(timer);
};

/** Waits until an instant, however far away, or until the signal stops it; the caller looks at the signal. */
export const pauseUntil = (epochMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = callAt(epochMs, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
