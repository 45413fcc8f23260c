import { consumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { openTable } from '../../platform/table.ts';
import { thumbnailsEnvironment } from '../environment.ts';
import { truckPhotoAdded, truckPhotoDeleted } from './photo-lifecycle.ts';
import { deleteThumbnails } from './photo-objects.ts';
import { processPhoto } from './process-photo.ts';

const environment = readEnvironment(thumbnailsEnvironment);
const table = openTable(environment.MARKETPLACE_TABLE);

/** Thumbnails are made when a photo is attached, and go when it is taken away. */
export const handler = consumer({
  name: 'marketplace-thumbnails',
  accepts: [truckPhotoAdded, truckPhotoDeleted],
  handle: ({ type, data }, context) =>
    type === 'TRUCK-PHOTO-ADDED'
      ? processPhoto(table, environment.OBJECTS_BUCKET, data, context)
      : deleteThumbnails(environment.OBJECTS_BUCKET, data.photoId),
});
