import type { Context } from 'aws-lambda';
import { readEnvironment } from '../../platform/environment.ts';
import { logger } from '../../platform/logger.ts';
import { openTable } from '../../platform/table.ts';
import { marketplaceBackgroundEnvironment } from '../environment.ts';
import { refreshImports } from './refresh-imports.ts';

const environment = readEnvironment(marketplaceBackgroundEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

/** Runs on a schedule and begins the imports that are due; what a failed run leaves the next one finds. */
export const handler = async (_event: unknown, { awsRequestId }: Context): Promise<void> => {
  const context = {
    caller: { subject: 'system:marketplace-calendar-refresh' },
    requestId: awsRequestId,
    now: new Date(),
  };
  logger.info('calendars to fetch', { begun: await refreshImports(table, context) });
};
