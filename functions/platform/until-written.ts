import { setTimeout as delay } from 'node:timers/promises';

/** Tries of a write that depends on what was read, while others write too. */
const maxTries = 8;
const firstPauseMs = 20;
const longestPauseMs = 500;

/** Others were faster each time. A request is answered 503 by it: who comes back later finds fewer. */
export class TooManyWriters extends Error {
  override readonly name = 'TooManyWriters';

  /** @param what is written to. */
  constructor(what: string) {
    super(`${what}: written to by too many at once`);
  }
}

/**
 * Reads, decides and writes until nobody else wrote in between. Few write to one thing at a time, so the next
 * try mostly succeeds; the pauses between are random, so that two do not meet again.
 *
 * @param what is written to, for the error.
 * @param attempt undefined when what it had read has changed.
 * @throws TooManyWriters when others were faster eight times in a row.
 */
export const untilWritten = async <Result>(
  what: string,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> => {
  for (let tried = 0; tried < maxTries; tried += 1) {
    if (tried > 0) await delay(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** tried));
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new TooManyWriters(what);
};
