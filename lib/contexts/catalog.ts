import { organizationIndex } from '../data-stack.ts';
import type { FunctionStack } from '../function-stack.ts';
import { bucketFolders, readBucket, readTable, readWriteBucket, readWriteTable } from '../grants.ts';

/** The catalog: venues with their plans, performers, events, sessions, and what their pages show. */
export const addCatalog = (stack: FunctionStack): void => {
  const { data, settings, rights } = stack;
  const { common, guard, ids, events, relay } = stack.variables;
  const table = { table: data.catalogTable, indexes: [organizationIndex] };
  const catalog = { ...events, PLANS_BUCKET: data.plansBucket.bucketName };

  stack.addFunction(
    'catalog-commands',
    {
      ...common,
      ...guard,
      ...ids,
      ...catalog,
      MIN_HOLD_SECONDS: String(settings.minHold.toSeconds()),
      MAX_HOLD_SECONDS: String(settings.maxHold.toSeconds()),
    },
    [readWriteTable(table), rights.guard, ...readWriteBucket(data.plansBucketArn), rights.ids],
  );
  stack.addFunction(
    'catalog-queries',
    { ...common, ...guard, ...catalog, TICKETING_TABLE: data.ticketingTable.tableName },
    [
      readTable(table),
      rights.guard,
      readTable({ table: data.ticketingTable }),
      ...readBucket(data.plansBucketArn),
    ],
  );
  stack.acknowledgeFolders(bucketFolders, 'catalog-commands', 'catalog-queries');
  stack.addRelay('catalog-relay', data.catalogTable, relay);

  stack.addConsumer(
    'catalog-publication',
    { ...common, ...events, MARKETPLACE_TABLE: data.marketplaceTable.tableName },
    [readWriteTable(table), readTable({ table: data.marketplaceTable })],
    {
      'fairground.ticketing': ['SESSION-INVENTORY-BUILT'],
      'fairground.catalog': ['SESSION-CANCELLED'],
      'fairground.marketplace': [
        'LEAD-BOOKED',
        'LEAD-CANCELLED',
        'TRUCK-CREATED',
        'TRUCK-UPDATED',
        'TRUCK-LISTED',
        'TRUCK-UNLISTED',
      ],
    },
  );
};
