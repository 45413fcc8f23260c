import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { makeThumbnails } from '../../../functions/marketplace/photos/make-thumbnails.ts';
import { phonePicture, textFile } from '../../support/pictures.ts';

const made = async (bytes: Uint8Array) => {
  const thumbnails = await makeThumbnails(bytes);
  if (thumbnails.kind === 'rejected') throw new Error(thumbnails.reason);
  return thumbnails.thumbnails;
};

/** Red, green and blue of a pixel, given as shares of width and height. */
const colorAt = async (jpeg: Uint8Array, x: number, y: number): Promise<readonly number[]> => {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + 3)].map((value) => Math.round(value / 255));
};

/** A PNG that says it has so many pixels; its data are a few zeros. */
const pngOf = (width: number, height: number): Buffer => {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes: Buffer) =>
    (bytes.reduce((sum, byte) => (crcTable[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8), 0xffffffff) ^
      0xffffffff) >>>
    0;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

describe('thumbnails of a phone’s picture', () => {
  test('stand upright, in two sizes, and are not enlarged', async () => {
    const thumbnails = await made(await phonePicture());
    expect(thumbnails.map(({ facts }) => facts)).toEqual([
      { size: 320, width: 320, height: 427 },
      { size: 1280, width: 480, height: 640 },
    ]);
    // What was left is on top when the picture is turned to the right.
    const { jpeg } = thumbnails[0] as (typeof thumbnails)[number];
    expect([await colorAt(jpeg, 0.5, 0.1), await colorAt(jpeg, 0.5, 0.9)]).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  test('say nothing of camera or place', async () => {
    const picture = await phonePicture();
    expect(picture.includes('Camera of Ana')).toBe(true);
    // The degrees, minutes and seconds of its latitude, as EXIF has them (TIFF, little-endian).
    const latitude = Buffer.alloc(24);
    for (const [index, value] of [46, 1, 46, 1, 16, 1].entries()) latitude.writeUInt32LE(value, 4 * index);
    expect(picture.includes(latitude)).toBe(true);
    for (const { jpeg } of await made(picture)) {
      const { exif, icc, xmp, orientation, format } = await sharp(jpeg).metadata();
      expect({ exif, icc, xmp, orientation, format }).toEqual({ format: 'jpeg' });
      expect(Buffer.from(jpeg).includes('Camera of Ana')).toBe(false);
    }
  });
});

test.each(['png', 'webp'] as const)('what is see-through in a %s becomes white', async (format) => {
  const picture = await sharp({
    create: { width: 2_000, height: 1_000, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .toFormat(format)
    .toBuffer();
  const thumbnails = await made(picture);
  expect(thumbnails.map(({ facts: { width, height } }) => [width, height])).toEqual([
    [320, 160],
    [1_280, 640],
  ]);
  expect(await colorAt(thumbnails[0]?.jpeg ?? new Uint8Array(), 0.5, 0.5)).toEqual([1, 1, 1]);
});

test('a tall picture is at most twice as high as wide', async () => {
  const picture = await sharp({ create: { width: 400, height: 4_000, channels: 3, background: '#00ff00' } })
    .jpeg()
    .toBuffer();
  expect((await made(picture)).map(({ facts: { width, height } }) => [width, height])).toEqual([
    [64, 640],
    [256, 2_560],
  ]);
});

describe('rejected is', () => {
  test.for<[string, () => Buffer | Promise<Buffer>, string]>([
    ['a text under the name of a picture', textFile, 'not_an_image'],
    ['nothing at all', () => Buffer.alloc(0), 'not_an_image'],
    [
      'an SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'not_an_image',
    ],
    [
      'a GIF',
      () => Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
      'not_an_image',
    ],
    ['a picture that ends too early', async () => (await phonePicture()).subarray(0, 2_000), 'damaged'],
    ['a picture whose pixels are missing', () => pngOf(100, 100), 'damaged'],
    ['a small file of many pixels', () => pngOf(10_000, 5_001), 'too_many_pixels'],
  ])('%s', async ([, picture, reason]) => {
    expect(await makeThumbnails(await picture())).toEqual({ kind: 'rejected', reason });
  });
});

test('a picture takes nothing from those that are read beside it: the loaders are chosen once', async () => {
  const picture = await phonePicture();
  await made(picture);
  // While the library is told which loaders there are, it has none: whatever is read then is no picture.
  const block = vi.spyOn(sharp, 'block');
  await made(picture);
  expect(block).not.toHaveBeenCalled();
});
