import type { Context } from 'aws-lambda';
import type { ReconciliationRun } from './drift.ts';
import { type Change, stamp } from './lifecycle-event.ts';
import { logger } from './logger.ts';
import { currentScope, inScope } from './request-scope.ts';

/**
 * A function that runs on a schedule and repairs drift; what a run leaves the next one finds.
 * @param name in the stamps of its changes: `system:<name>`.
 * @param stepMs what a step of it takes at most: none is begun with less time left.
 * @param maxReadUnits read capacity after which a run begins no further step.
 */
export const reconciliation =
  (
    {
      name,
      stepMs,
      maxReadUnits,
    }: { readonly name: string; readonly stepMs: number; readonly maxReadUnits: number },
    reconcile: (stamp: (what: string) => Change, mayGoOn: () => boolean) => Promise<ReconciliationRun>,
  ) =>
  (_event: unknown, context: Context): Promise<void> =>
    inScope({ requestId: context.awsRequestId, traceparent: undefined }, async () => {
      const by = { caller: { subject: `system:${name}` }, requestId: context.awsRequestId, now: new Date() };
      const run = await reconcile(
        (what) => stamp(what, by),
        () =>
          context.getRemainingTimeInMillis() > stepMs && (currentScope()?.cost.readUnits ?? 0) < maxReadUnits,
      );
      logger.info('reconciliation', { ...run, ...currentScope()?.cost });
    });
