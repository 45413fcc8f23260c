import { logger } from '../../functions/platform/logger.ts';

/** What a request cost, as its function logs it from `ReturnConsumedCapacity`. */
export interface Cost {
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/**
 * Listens to what the functions of this process log of their requests.
 * @returns the cost of the last request that was answered.
 */
export const listenToCosts = (): (() => Cost) => {
  let last: Cost | undefined;
  const info = logger.info.bind(logger);
  logger.info = (message, ...extra) => {
    if (message === 'request') last = extra[0] as unknown as Cost;
    info(message, ...extra);
  };
  return () => {
    if (last === undefined) throw new Error('Nothing was asked yet');
    const { calls, readUnits, writeUnits } = last;
    return { calls, readUnits, writeUnits };
  };
};
