import { deleteObject, getBytes, putObject } from '../../platform/objects.ts';
import { type ThumbnailSize, thumbnailSizes } from './album.ts';

/** What a photo’s id names never changes; a day is how long one that was taken away is still seen. */
export const thumbnailCache = 'public, max-age=86400';

/** The id cannot be guessed, and is all that a reader needs. */
const thumbnailKey = (photoId: string, size: ThumbnailSize): string => `photos/${photoId}/${size}.jpg`;

export const writeThumbnail = (
  bucket: string,
  photoId: string,
  size: ThumbnailSize,
  jpeg: Uint8Array,
): Promise<void> =>
  putObject(bucket, thumbnailKey(photoId, size), jpeg, {
    contentType: 'image/jpeg',
    cacheControl: thumbnailCache,
  });

/** A thumbnail as JPEG; undefined when there is none (yet, or any more). */
export const readThumbnail = (
  bucket: string,
  photoId: string,
  size: ThumbnailSize,
): Promise<Uint8Array | undefined> => getBytes(bucket, thumbnailKey(photoId, size));

export const deleteThumbnails = async (bucket: string, photoId: string): Promise<void> => {
  await Promise.all(thumbnailSizes.map((size) => deleteObject(bucket, thumbnailKey(photoId, size))));
};
