import { PNG } from 'pngjs';
import decodeQR from 'qr/decode.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { qrModules, qrPng, qrSvg } from '../../functions/admission/ticket-qr.ts';

/** QR codes of tickets, read by a reader that has nothing to do with what drew them. */

/** As long as a real one: 221 characters of base64url and two dots. */
const code = [
  'eyJhbGciOiJFUzI1NiIsImtpZCI6Ijd4azJtOXF3In0',
  'eyJ0IjoiNXpyMXY5bjZxMHc4YzR0Mm03azN4MXk5YWIiLCJzIjoiNXpyMXY5bjZxMHc4YzR0Mm03azN4MXk5YWIifQ',
  'c2lnbmF0dXJlLW9mLXNpeHR5LWZvdXItYnl0ZXMtd2hpY2gtaXMtbm8tc2lnbmF0dXJlLWF0LWFsbC0xMjM0NQ',
].join('.');

/** Grey pixels, 0 is black. */
interface Picture {
  readonly size: number;
  readonly pixels: Uint8Array;
}

const read = ({ size, pixels }: Picture): string => {
  const data = new Uint8Array(size * size * 4);
  for (const [index, grey] of pixels.entries()) data.set([grey, grey, grey, 255], index * 4);
  return decodeQR({ width: size, height: size, data });
};

const pictureOf = (size: number, greyAt: (x: number, y: number) => number): Picture => ({
  size,
  pixels: Uint8Array.from({ length: size * size }, (_, index) =>
    greyAt(index % size, Math.floor(index / size)),
  ),
});

const modules = 61;
const quietZone = 4;
const side = modules + 2 * quietZone;

/** The picture at another size: each pixel is the mean of a grid of points in it, as a camera sees it. */
const resized = (picture: Picture, size: number): Picture => {
  const points = 4;
  const ratio = picture.size / size;
  return pictureOf(size, (x, y) => {
    let sum = 0;
    for (let point = 0; point < points * points; point += 1) {
      const column = Math.floor((x + ((point % points) + 0.5) / points) * ratio);
      const row = Math.floor((y + (Math.floor(point / points) + 0.5) / points) * ratio);
      sum += picture.pixels[row * picture.size + column] ?? 255;
    }
    return sum / points ** 2;
  });
};

let png: Picture;
beforeAll(async () => {
  const { width, height, data } = PNG.sync.read(Buffer.from(await qrPng(code)));
  expect([width, height]).toEqual([552, 552]);
  png = pictureOf(width, (x, y) => data[(y * width + x) * 4] ?? 255);
});

test('is as long as it says', () => {
  expect(code).toHaveLength(221);
});

describe('a PNG is read', () => {
  test.for([
    ['as it is', 8],
    ['at three pixels a module', 3],
    ['at three and a third, where pixels lie across modules', 10 / 3],
  ] as const)('%s', ([, pixelsPerModule]) => {
    expect(read(resized(png, Math.round(side * pixelsPerModule)))).toBe(code);
  });

  test('with little contrast, as on a dark screen', () => {
    const { size, pixels } = resized(png, side * 3);
    expect(read({ size, pixels: pixels.map((grey) => 90 + grey / 4) })).toBe(code);
  });

  test('with a corner smudged: a seventh of it may be', () => {
    const picture = resized(png, side * 4);
    const [from, to] = [(side - 18) * 4, (side - 6) * 4];
    const smudged = pictureOf(picture.size, (x, y) =>
      x >= from && x < to && y >= from && y < to ? 0 : (picture.pixels[y * picture.size + x] ?? 255),
    );
    expect(read(smudged)).toBe(code);
  });

  test('and not when half of it is gone', () => {
    const torn = pictureOf(png.size, (x, y) =>
      x + y > png.size ? 255 : (png.pixels[y * png.size + x] ?? 255),
    );
    expect(() => read(torn)).toThrow();
  });
});

/** Draws the one path of the SVG: lines of a module’s width, each a move and a run to the right. */
const drawn = (svg: string, pixelsPerModule: number): Picture => {
  const path = / d="(M[^"]+)"/.exec(svg.slice(svg.indexOf('stroke=')))?.[1] ?? '';
  const dark = new Set<string>();
  let [x, y] = [0, 0];
  for (const [, move = '', first = '0', second = '0'] of path.matchAll(
    /([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?/g,
  )) {
    const [a, b] = [Number(first), Number(second)];
    if (move === 'M') [x, y] = [a, b];
    else if (move === 'm') [x, y] = [x + a, y + b];
    else for (const end = x + a; x < end; x += 1) dark.add(`${x} ${Math.floor(y)}`);
  }
  return pictureOf(side * pixelsPerModule, (column, row) =>
    dark.has(`${Math.floor(column / pixelsPerModule)} ${Math.floor(row / pixelsPerModule)}`) ? 0 : 255,
  );
};

test.for([3, 4, 8])('an SVG is read at %i pixels a module', async (pixelsPerModule) => {
  const svg = await qrSvg(code);
  expect(svg).toContain(`viewBox="0 0 ${side} ${side}"`);
  expect(read(drawn(svg, pixelsPerModule))).toBe(code);
});

test('the modules that the PDF draws are read', () => {
  const { size, isDark } = qrModules(code);
  expect(size).toBe(modules);
  const at = (pixel: number): number => Math.floor(pixel / 3) - quietZone;
  const isInside = (module: number): boolean => module >= 0 && module < size;
  const picture = pictureOf(side * 3, (x, y) =>
    isInside(at(x)) && isInside(at(y)) && isDark(at(y), at(x)) ? 0 : 255,
  );
  expect(read(picture)).toBe(code);
});
