import * as z from 'zod';
import {
  type Album,
  alt,
  type Photo,
  photoId,
  photoStatus,
  rejectionReason,
  thumbnailSizes,
} from './album.ts';

/** A photo as the API shows it. */
export const photoSchema = z
  .strictObject({
    id: photoId,
    alt,
    status: photoStatus,
    reason: rejectionReason.optional().meta({ description: 'Why it was rejected.' }),
    thumbnails: z
      .array(
        z.strictObject({
          size: z.union(thumbnailSizes.map((size) => z.literal(size))),
          width: z.int(),
          height: z.int(),
          path: z.string().meta({ description: 'From the base URL; it needs no token, and is a JPEG.' }),
        }),
      )
      .optional()
      .meta({ description: 'Once it is ready.' }),
  })
  .meta({ id: 'Photo' });

export const photoView = (photo: Photo) => ({
  id: photo.photoId,
  alt: photo.alt,
  status: photo.status,
  ...(photo.status === 'rejected' && { reason: photo.reason }),
  ...(photo.status === 'ready' && {
    thumbnails: photo.thumbnails.map(({ size, width, height }) => ({
      size,
      width,
      height,
      path: `/photos/${photo.photoId}/${size}`,
    })),
  }),
});

/** What everybody sees of an album: what was rejected, or is not looked at yet, is for its organization only. */
export const publicPhotos = (album: Album = []) =>
  album.filter(({ status }) => status === 'ready').map(photoView);
