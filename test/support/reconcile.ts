import type { Context } from 'aws-lambda';
import type { ReconciliationRun } from '../../functions/platform/drift.ts';
import { logger } from '../../functions/platform/logger.ts';

/** What a run told in its log: repairs by kind, what it could not repair, what it cost. */
export interface ToldRun extends ReconciliationRun {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** One run of a reconciliation, with time for so many pages. */
export const runReconciliation = async (
  handler: (event: unknown, context: Context) => Promise<void>,
  context: Context,
  pages: number,
): Promise<ToldRun> => {
  let left = pages;
  const runs: ToldRun[] = [];
  const info = logger.info.bind(logger);
  logger.info = (message, ...extra) => {
    if (message === 'reconciliation') runs.push(extra[0] as never);
    info(message, ...extra);
  };
  const getRemainingTimeInMillis = () => {
    left -= 1;
    return left < 0 ? 0 : 240_000;
  };
  try {
    await handler({}, { ...context, getRemainingTimeInMillis });
  } finally {
    logger.info = info;
  }
  const [run] = runs;
  if (run === undefined) throw new Error('The reconciliation told nothing');
  return run;
};
