import { setTimeout } from 'node:timers/promises';

/** Does `work` for each item, at most `limit` at once; results stand in the order of the items. */
export const inParallel = async <Item, Result>(
  limit: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
};

/** Asks every so often until something else than undefined comes, at most so long. */
export const until = async <T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
  everyMs = 50,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await probe();
    if (seen !== undefined) return seen;
    if (Date.now() >= deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await setTimeout(everyMs);
  }
};

/** Lets at most `limit` through at once, first come first served. */
export const gate = (limit: number) => {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};

export type Gate = ReturnType<typeof gate>;
