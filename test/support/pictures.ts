import { readFileSync } from 'node:fs';
import sharp from 'sharp';

/** What a phone writes beside a picture: itself, and where it was. */
const exif = {
  IFD0: { Make: 'Camera of Ana' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '46/1 46/1 16/1' },
};

/** A JPEG of 640 × 480 on its side, red on the left and blue on the right as stored, with its place. */
export const phonePicture = async (): Promise<Buffer> => {
  const half = (color: string) =>
    sharp({ create: { width: 320, height: 480, channels: 3, background: color } })
      .png()
      .toBuffer();
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#ffffff' } })
    .composite([
      { input: await half('#ff0000'), left: 0, top: 0 },
      { input: await half('#0000ff'), left: 320, top: 0 },
    ])
    .jpeg()
    .withMetadata({ orientation: 6, exif })
    .toBuffer();
};

/** No picture, whatever it is called. */
export const textFile = (): Buffer =>
  readFileSync(new URL('../../LICENSE', import.meta.url)).subarray(0, 2_000);
