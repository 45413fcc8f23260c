import type { RejectionReason, Thumbnail } from './album.ts';
import { thumbnailSizes } from './album.ts';

/** Cameras of today make fifty megapixels. More would take more memory than the function has. */
const maxPixels = 50_000_000;

const jpegQuality = 80;

export type MadeThumbnails =
  | {
      readonly kind: 'made';
      readonly thumbnails: readonly { readonly facts: Thumbnail; readonly jpeg: Uint8Array }[];
    }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason };

/** The library, with nothing of it that reads other formats: some of those fetch, or run code of fonts. */
const loadSharp = async () => {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  return sharp;
};
let loaded: ReturnType<typeof loadSharp> | undefined;
/** Once for a process: in between it can read no format at all, which a picture that is read beside would meet. */
const openSharp = (): ReturnType<typeof loadSharp> => {
  loaded ??= loadSharp();
  return loaded;
};

/**
 * Thumbnails of a picture (JPEG, PNG or WebP) as JPEG: upright by its EXIF orientation, in sRGB, on white, and
 * without any of its metadata. Its pixels are counted in its header before any is decoded.
 */
export const makeThumbnails = async (bytes: Uint8Array): Promise<MadeThumbnails> => {
  // The library throws for nothing at all, where it otherwise answers.
  if (bytes.length === 0) return { kind: 'rejected', reason: 'not_an_image' };
  const sharp = await openSharp();
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (header === undefined) return { kind: 'rejected', reason: 'not_an_image' };
  if (header.width * header.height > maxPixels) return { kind: 'rejected', reason: 'too_many_pixels' };
  try {
    const thumbnails = [];
    for (const size of thumbnailSizes) {
      const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
        .autoOrient()
        .resize({ width: size, height: 2 * size, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: jpegQuality, mozjpeg: true })
        .toBuffer({ resolveWithObject: true });
      thumbnails.push({ facts: { size, width: info.width, height: info.height }, jpeg: data });
    }
    return { kind: 'made', thumbnails };
  } catch {
    // The header was one of a picture, what follows is not.
    return { kind: 'rejected', reason: 'damaged' };
  }
};
