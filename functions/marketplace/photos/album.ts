import * as z from 'zod';
import type { Fault } from '../../platform/answer.ts';
import { idOf } from '../../platform/id-schema.ts';

/** Most photos of a truck, whatever became of them. */
export const maxPhotos = 12;

/** Widest that each thumbnail of a photo is, in pixels; it is at most twice as high. */
export const thumbnailSizes = [320, 1280] as const;
export type ThumbnailSize = (typeof thumbnailSizes)[number];

export const photoId = idOf('pho');
/** What the picture shows, for who cannot see it. */
export const alt = z.string().trim().min(1).max(300);

/** Why an upload is no photo. */
export const rejectionReason = z.enum(['not_an_image', 'too_many_pixels', 'damaged', 'upload_gone']);
export type RejectionReason = z.output<typeof rejectionReason>;

/** Pixels of a thumbnail as it was made: small photos are not enlarged. */
export interface Thumbnail {
  readonly size: ThumbnailSize;
  readonly width: number;
  readonly height: number;
}

/** What became of an upload. */
export type PhotoOutcome =
  | { readonly status: 'ready'; readonly thumbnails: readonly Thumbnail[] }
  | { readonly status: 'rejected'; readonly reason: RejectionReason };

export const photoStatus = z.enum(['processing', 'ready', 'rejected']);

/** A photo of a truck: its thumbnails are being made, are served, or never will be. */
export type Photo = {
  readonly photoId: string;
  readonly uploadId: string;
  readonly alt: string;
  /** Of the request that attached it. */
  readonly requestHash: string;
} & ({ readonly status: 'processing' } | PhotoOutcome);

/** The photos of a truck in the order that they are shown in. */
export type Album = readonly Photo[];

type Changed = { readonly kind: 'changed'; readonly album: Album };

/** A new photo comes last. */
export const addPhoto = (
  album: Album,
  photo: Photo,
): Changed | { readonly kind: 'exists'; readonly photo: Photo } | { readonly kind: 'full' } => {
  const known = album.find((other) => other.photoId === photo.photoId);
  if (known !== undefined) return { kind: 'exists', photo: known };
  return album.length >= maxPhotos ? { kind: 'full' } : { kind: 'changed', album: [...album, photo] };
};

export const removePhoto = (album: Album, id: string): Changed | { readonly kind: 'absent' } => {
  const kept = album.filter((photo) => photo.photoId !== id);
  return kept.length === album.length ? { kind: 'absent' } : { kind: 'changed', album: kept };
};

/** What became of a photo is said once: a repeat finds it settled, and one that was taken away is absent. */
export const settlePhoto = (
  album: Album,
  id: string,
  outcome: PhotoOutcome,
): Changed | { readonly kind: 'absent' } | { readonly kind: 'settled' } => {
  const photo = album.find((other) => other.photoId === id);
  if (photo === undefined) return { kind: 'absent' };
  if (photo.status !== 'processing') return { kind: 'settled' };
  const settled: Photo = { ...photo, ...outcome };
  return { kind: 'changed', album: album.map((other) => (other.photoId === id ? settled : other)) };
};

export interface Arrangement {
  readonly id: string;
  readonly alt: string;
}

/** The album in another order and with other texts: each of its photos is named exactly once. */
export const arrangePhotos = (
  album: Album,
  wanted: readonly Arrangement[],
): Changed | { readonly kind: 'refused'; readonly faults: readonly Fault[] } => {
  const photos = new Map(album.map((photo) => [photo.photoId, photo]));
  const faults: Fault[] = [];
  const arranged: Photo[] = [];
  for (const [index, { id, alt: text }] of wanted.entries()) {
    const photo = photos.get(id);
    if (photo === undefined) {
      const detail = 'The truck has no such photo, or it is named twice.';
      faults.push({ in: 'body', pointer: `/photos/${index}/id`, code: 'UNKNOWN_PHOTO', detail });
      continue;
    }
    photos.delete(id);
    arranged.push({ ...photo, alt: text });
  }
  if (photos.size > 0) {
    const detail = `Missing: ${[...photos.keys()].join(', ')}. DELETE takes a photo away.`;
    faults.push({ in: 'body', pointer: '/photos', code: 'MISSING_PHOTO', detail });
  }
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'changed', album: arranged };
};
