import { setTimeout as delay } from 'node:timers/promises';

/** Waits longer with every attempt (50 ms doubled, 5 s at most), or until the signal stops it. */
export const backOff = async (attempt: number, signal: AbortSignal): Promise<void> => {
  await pause(Math.min(50 * 2 ** attempt, 5_000), signal);
};

/** Waits, or until the signal stops it; the caller looks at the signal. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => undefined);
};
