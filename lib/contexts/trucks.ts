import { Duration } from 'aws-cdk-lib';
import { organizationIndex } from '../data-stack.ts';
import type { FunctionStack } from '../function-stack.ts';
import { readFolder, readTable, readWriteMarketplace, writeFolder } from '../grants.ts';

/** Trucks of the marketplace: their pages, photos, papers and calendars. */
export const addTrucks = (stack: FunctionStack): void => {
  const { data, rights } = stack;
  const { common, guard, ids } = stack.variables;
  const table = { table: data.marketplaceTable, indexes: [organizationIndex] };
  const marketplace = { MARKETPLACE_TABLE: data.marketplaceTable.tableName };
  const objects = { OBJECTS_BUCKET: data.plansBucket.bucketName };

  stack.addFunction('marketplace-commands', { ...common, ...guard, ...ids, ...marketplace, ...objects }, [
    ...readWriteMarketplace(table),
    rights.guard,
    ...readFolder(data.plansBucketArn, 'uploads'),
    writeFolder(data.plansBucketArn, 'documents'),
    rights.ids,
  ]);
  stack.acknowledgeFolders(['uploads', 'documents'], 'marketplace-commands');
  stack.addFunction('marketplace-queries', { ...common, ...guard, ...marketplace, ...objects }, [
    readTable(table),
    rights.guard,
    ...readFolder(data.plansBucketArn, 'documents'),
  ]);
  stack.acknowledgeFolders(['documents'], 'marketplace-queries');

  stack.addFunction(
    'marketplace-photos',
    { ...common, ...objects },
    readFolder(data.plansBucketArn, 'photos'),
  );
  stack.acknowledgeFolders(['photos'], 'marketplace-photos');
  stack.addConsumer(
    'marketplace-thumbnails',
    { ...common, ...marketplace, ...objects },
    [
      ...readWriteMarketplace({ table: data.marketplaceTable }),
      ...readFolder(data.plansBucketArn, 'uploads'),
      writeFolder(data.plansBucketArn, 'photos'),
    ],
    { 'fairground.marketplace': ['TRUCK-PHOTO-ADDED', 'TRUCK-PHOTO-DELETED'] },
  );
  stack.acknowledgeFolders(['uploads', 'photos'], 'marketplace-thumbnails');

  stack.addConsumer(
    'marketplace-calendar-imports',
    { ...common, ...marketplace },
    readWriteMarketplace({ table: data.marketplaceTable }),
    { 'fairground.marketplace': ['CALENDAR-IMPORT-REQUESTED'] },
  );
  const refresh = stack.addFunction(
    'marketplace-calendar-refresh',
    { ...common, ...marketplace },
    readWriteMarketplace(table),
  );
  stack.addSchedule(refresh, Duration.hours(1), 'Every hour');
};
