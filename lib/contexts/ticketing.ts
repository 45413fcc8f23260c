import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionStack } from '../function-stack.ts';
import { bucketFolders, readBucket, readTable, readWriteTable, scanTable, sendMessages } from '../grants.ts';
import { addSalesMetrics } from '../sales-metrics.ts';

/**
 * Ticketing: the inventory of sessions, their blocks, claims and holds.
 * @returns metrics of what is sold; none on an emulator.
 */
export const addTicketing = (stack: FunctionStack): { readonly sales: readonly Metric[] } => {
  const { data, settings, rights } = stack;
  const { common, guard, ids, ticketing, relay } = stack.variables;
  const table = { table: data.ticketingTable };
  const readPlans = readBucket(data.plansBucketArn);
  const inventory = [readWriteTable(table), ...readPlans];

  const commands = stack.addFunction('ticketing-commands', { ...common, ...guard, ...ids, ...ticketing }, [
    ...inventory,
    rights.guard,
    rights.ids,
  ]);
  stack.addFunction('ticketing-queries', { ...common, ...ticketing }, [readTable(table), ...readPlans]);

  stack.addConsumer('ticketing-inventory-builder', { ...common, ...ticketing }, inventory, {
    'fairground.catalog': ['SESSION-PUBLISHING'],
  });
  stack.addConsumer('ticketing-claim-release', { ...common, ...ticketing }, inventory, {
    'fairground.ticketing': ['SEAT-HOLD-CANCELLED', 'SEAT-HOLD-EXPIRED'],
  });

  const timers = stack.addQueue('ticketing-hold-expiry');
  const holdExpiry = { HOLD_EXPIRY_QUEUE_URL: timers.queue.queueUrl };
  const setTimer = sendMessages(timers.queue);
  stack.addQueueConsumer(
    'ticketing-hold-expiry',
    { ...common, ...ticketing, ...holdExpiry },
    [...inventory, setTimer],
    timers,
  );
  stack.addRelay('ticketing-relay', data.ticketingTable, { ...relay, ...holdExpiry }, [setTimer]);

  const sweeps = stack.addQueue('ticketing-session-sweep');
  stack.addQueueConsumer('ticketing-session-sweep', { ...common, ...ticketing }, inventory, sweeps);
  stack.addConsumer(
    'ticketing-session-sync',
    {
      ...common,
      TICKETING_TABLE: data.ticketingTable.tableName,
      SESSION_SWEEP_QUEUE_URL: sweeps.queue.queueUrl,
    },
    [readWriteTable(table), sendMessages(sweeps.queue)],
    { 'fairground.catalog': ['SESSION-UPDATED', 'SESSION-POSTPONED', 'SESSION-CANCELLED'] },
  );

  stack.addReconciliation('ticketing-reconciliation', { ...common, ...ticketing }, [
    ...inventory,
    scanTable(data.ticketingTable),
  ]);

  stack.acknowledgeFolders(
    bucketFolders,
    'ticketing-commands',
    'ticketing-queries',
    'ticketing-inventory-builder',
    'ticketing-claim-release',
    'ticketing-hold-expiry',
    'ticketing-session-sweep',
    'ticketing-reconciliation',
  );
  return {
    sales: settings.emulator ? [] : addSalesMetrics(stack, `Fairground/${settings.stage}`, commands.logGroup),
  };
};
