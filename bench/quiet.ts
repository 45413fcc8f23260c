import { until } from '../local/demo/parallel.ts';
import { functionsOf } from './order-counts.ts';
import type { BenchPlatform } from './platform.ts';

/** So many looks without a new record: what came before has been told to all. */
const quietLooks = 10;

/** Waits until no function has anything to do any more, and nothing waits in a queue; timers may. */
export const untilQuiet = async (
  platform: Pick<BenchPlatform, 'usage' | 'queued'>,
  timeoutMs: number,
): Promise<void> => {
  let last = '';
  let looks = 0;
  await until('a quiet platform', timeoutMs, async () => {
    const now = JSON.stringify(functionsOf(await platform.usage()));
    looks = now === last && (await platform.queued()) === 0 ? looks + 1 : 0;
    last = now;
    return looks >= quietLooks ? true : undefined;
  });
};
