import type { ConsumerContext } from '../../platform/consumer.ts';
import { getBytes } from '../../platform/objects.ts';
import { openOwned } from '../../platform/owned-item.ts';
import type { Table } from '../../platform/table.ts';
import { uploadKey } from '../../platform/uploads.ts';
import type { TruckItem } from '../truck.ts';
import { type PhotoOutcome, settlePhoto } from './album.ts';
import { changeAlbum } from './change-album.ts';
import { makeThumbnails } from './make-thumbnails.ts';
import { deleteThumbnails, writeThumbnail } from './photo-objects.ts';

/** Makes the thumbnails of an upload and stores them. */
const thumbnailsOf = async (
  bucket: string,
  { organizationId }: TruckItem,
  photo: { readonly photoId: string; readonly uploadId: string },
): Promise<PhotoOutcome> => {
  const upload = await getBytes(bucket, uploadKey(organizationId, 'truck_photo', photo.uploadId));
  if (upload === undefined) return { status: 'rejected', reason: 'upload_gone' };
  const made = await makeThumbnails(upload);
  if (made.kind === 'rejected') return { status: 'rejected', reason: made.reason };
  await Promise.all(
    made.thumbnails.map(({ facts, jpeg }) => writeThumbnail(bucket, photo.photoId, facts.size, jpeg)),
  );
  return { status: 'ready', thumbnails: made.thumbnails.map(({ facts }) => facts) };
};

/**
 * Makes the thumbnails of a photo that was attached, and says on the truck what became of it. Harmless when
 * repeated: what is settled stays. A photo that was taken away meanwhile leaves nothing behind.
 */
export const processPhoto = async (
  table: Table,
  bucket: string,
  { truckId, photoId }: { readonly truckId: string; readonly photoId: string },
  context: ConsumerContext,
): Promise<void> => {
  const trucks = openOwned<TruckItem>(table, 'TRUCK');
  const truck = await trucks.get(truckId);
  const photo = truck?.photos?.find((other) => other.photoId === photoId);
  if (truck === undefined || photo?.status !== 'processing') return;
  const outcome = await thumbnailsOf(bucket, truck, photo);
  const changed = await changeAlbum(
    trucks,
    truckId,
    (album) => settlePhoto(album, photoId, outcome),
    'truck.photo_settled',
    context,
  );
  if (changed.kind === 'absent' || changed.kind === 'noTruck') await deleteThumbnails(bucket, photoId);
};
