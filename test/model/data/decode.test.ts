import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Color, type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecodedPicture, decodePictures } from '../../../src/model/data/pictures/decode.ts';
import { decodeJpegs, FILM_LEAST, plainJpegShape } from '../../../src/model/data/pictures/jpeg-film.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-decode-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
function write(bytes: Uint8Array | string): string {
  const path = join(folder, `${written++}`);
  writeFileSync(path, bytes);
  return path;
}

/** A picture with detail everywhere, another one for each seed. */
function texture(seed: number, width = 178, height = 218): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      pixels[at] = 128 + 100 * Math.sin((x + seed * 7) / 9);
      pixels[at + 1] = 128 + 100 * Math.sin((y * (seed + 3)) / 31);
      pixels[at + 2] = (x * 3 + y * 5 + seed * 50) & 255;
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const stored = (path: string) => ({ sizeBytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0, read: () => readFileSync(path) });

async function decode(bytes: Uint8Array | string, options: { imageSize?: number; crop?: number } = {}) {
  return (await decodePictures([stored(write(bytes))], { imageSize: 64, crop: undefined, ...options }))[0]!;
}

async function pixelsOf(bytes: Uint8Array, options: { imageSize?: number; crop?: number } = {}): Promise<Uint8Array> {
  const decoded = await decode(bytes, options);
  if ('fault' in decoded) throw new Error(decoded.fault);
  return decoded.pixels;
}

const solid = (background: Color, { width = 80, height = 80, channels = 3 as 3 | 4 } = {}) =>
  sharp({ create: { width, height, channels, background } });
/** The colour of one pixel of a picture of 64x64. */
const colourAt = (pixels: Uint8Array, x: number, y: number) => [...pixels.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)];
const closeTo = (colour: number[], within = 4) => colour.map((value) => expect.closeTo(value, -Math.log10(within * 2)));
/** Without a list of all bytes where they differ. */
const same = (decoded: DecodedPicture | undefined, pixels: Uint8Array) =>
  decoded !== undefined && 'pixels' in decoded && Buffer.compare(decoded.pixels, pixels) === 0;

describe('decoding a picture', () => {
  it.each([
    ['PNG', (image: Sharp) => image.png()],
    ['PNG with a palette', (image: Sharp) => image.png({ palette: true })],
    ['PNG of 16 bits', (image: Sharp) => image.toColourspace('rgb16').png()],
    ['WebP', (image: Sharp) => image.webp({ lossless: true })],
    ['GIF', (image: Sharp) => image.gif()],
    ['baseline JPEG', (image: Sharp) => image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['progressive JPEG', (image: Sharp) => image.jpeg({ quality: 100, progressive: true })],
    ['CMYK JPEG', (image: Sharp) => image.toColourspace('cmyk').jpeg({ quality: 100 })],
  ])('gives the colour of a %s', async (_, encode) => {
    const pixels = await pixelsOf(await encode(solid({ r: 200, g: 120, b: 60 })).toBuffer());
    expect(pixels).toHaveLength(64 * 64 * 3);
    expect(colourAt(pixels, 32, 32)).toEqual(closeTo([200, 120, 60], 25));
  });

  it('makes three channels of a grey one, of 8 and of 16 bits', async () => {
    for (const space of ['b-w', 'grey16'] as const) {
      const pixels = await pixelsOf(await solid({ r: 90, g: 90, b: 90 }).toColourspace(space).png().toBuffer());
      expect(colourAt(pixels, 5, 60)).toEqual(closeTo([90, 90, 90], 2));
    }
    expect(colourAt(await pixelsOf(await solid({ r: 90, g: 90, b: 90 }).greyscale().jpeg().toBuffer()), 9, 9)).toEqual(
      closeTo([90, 90, 90]),
    );
  });

  it('lays transparency on white', async () => {
    const pixels = await pixelsOf(await solid({ r: 255, g: 0, b: 0, alpha: 0.5 }, { channels: 4 }).png().toBuffer());
    expect(colourAt(pixels, 10, 10)).toEqual(closeTo([255, 127, 127], 2));
  });

  it('turns a photograph upright as its camera says', async () => {
    // Red on the left, blue on the right; orientation 6 says: turn clockwise, which brings red to the top.
    const blue = await solid('blue', { width: 40, height: 80 }).png().toBuffer();
    const photo = await solid('red')
      .composite([{ input: blue, left: 40, top: 0 }])
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const pixels = await pixelsOf(photo);
    expect(colourAt(pixels, 8, 4)).toEqual(closeTo([255, 0, 0], 10));
    expect(colourAt(pixels, 56, 4)).toEqual(closeTo([255, 0, 0], 10));
    expect(colourAt(pixels, 8, 60)).toEqual(closeTo([0, 0, 255], 10));
  });

  it('cuts out the centred square, of the size asked for or of the shorter side', async () => {
    const green = await solid('lime', { width: 100, height: 100 }).png().toBuffer();
    const photo = await solid('red', { width: 300, height: 200 })
      .composite([{ input: green, left: 100, top: 50 }])
      .png()
      .toBuffer();
    const close = await pixelsOf(photo, { crop: 100 });
    expect([colourAt(close, 0, 0), colourAt(close, 63, 63)]).toEqual([
      [0, 255, 0],
      [0, 255, 0],
    ]);
    const whole = await pixelsOf(photo);
    expect([colourAt(whole, 0, 0), colourAt(whole, 32, 32), colourAt(whole, 63, 32)]).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [255, 0, 0],
    ]);
    expect(await decode(photo, { crop: 201 })).toMatchObject({ fault: '300x200 pixels, smaller than the crop of 201' });
  });

  it('shrinks without aliasing: lines finer than a pixel become their mean', async () => {
    const lines = Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => (Math.floor(i / 3) % 2) * 255);
    const pixels = await pixelsOf(
      await sharp(lines, { raw: { width: 256, height: 256, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const inner = [...pixels.subarray(64 * 3 * 8, 64 * 3 * 56)];
    expect(Math.max(...inner) - Math.min(...inner)).toBeLessThan(8);
    expect(inner[0]).toBeGreaterThan(118);
    expect(inner[0]).toBeLessThan(138);
  });
});

describe('what a viewer shows whole is used, with the same pixels:', () => {
  it('JPEGs whose scan header is not quite right, many at once', async () => {
    const jpegs = await Promise.all(Array.from({ length: 40 }, (_, seed) => texture(seed).jpeg().toBuffer()));
    const right = await decodePictures(
      jpegs.map((bytes) => stored(write(bytes))),
      { imageSize: 64, crop: undefined },
    );
    const bent = await decodePictures(
      jpegs.map((jpeg) => stored(write(bend(jpeg)))),
      { imageSize: 64, crop: undefined },
    );
    for (const [i, picture] of right.entries()) expect('pixels' in picture && same(bent[i], picture.pixels)).toBe(true);
  });

  it.each<[string, (jpeg: Buffer) => Buffer]>([
    ['bytes before the end marker', (jpeg) => Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(9), jpeg.subarray(-2)])],
    ['bytes after the end marker', (jpeg) => Buffer.concat([jpeg, Buffer.from('a trailer')])],
  ])('a JPEG with %s', async (_, change) => {
    const jpeg = await texture(3).jpeg().toBuffer();
    expect(same(await decode(change(jpeg)), await pixelsOf(jpeg))).toBe(true);
  });

  it('TIFF and AVIF, whatever their names', async () => {
    expect(
      same(await decode(await texture(4).tiff({ compression: 'lzw' }).toBuffer()), await pixelsOf(await texture(4).png().toBuffer())),
    ).toBe(true);
    expect((await pixelsOf(await solid('red').avif().toBuffer())).length).toBe(64 * 64 * 3);
  });
});

/** As some phones write it: the last byte of the scan header, which a baseline picture does not use. */
function bend(jpeg: Buffer): Buffer {
  const bent = Buffer.from(jpeg);
  const scan = bent.indexOf(Buffer.from([0xff, 0xda]));
  bent[scan + bent.readUInt16BE(scan + 2)] = 0; // the end of the spectral selection: 63 in a right one
  return bent;
}

describe('a file that is no usable picture is a fault, never an exception:', () => {
  const whole = texture(1).jpeg().toBuffer();
  it.each<[string, () => Promise<Uint8Array | string>, RegExp]>([
    ['an empty file', async () => '', /^an empty file$/],
    ['a web page', async () => '<HTML><body>Too many users have viewed or downloaded this file', /^a web page saved as a picture/],
    ['text', async () => 'hello', /^no JPEG, PNG, WebP, GIF, TIFF or AVIF picture$/],
    ['an SVG', async () => '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', /^an SVG drawing; convert it to PNG$/],
    ['a pointer of Git LFS', async () => 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n', /^a pointer of Git LFS/],
    ['a PDF', async () => '%PDF-1.4', /^a PDF; save its pages/],
    ['a HEIC picture', async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), /^a HEIC picture/],
    ['half a TIFF', async () => (await texture(1).tiff({ compression: 'none' }).toBuffer()).subarray(0, 9000), /^a broken picture: /],
    [
      'a JPEG whose tail was never filled',
      async () => Buffer.from(await whole).fill(0, Math.floor((await whole).length / 2)),
      /^a broken picture: /,
    ],
    ['half a phone JPEG', async () => bend(await whole).subarray(0, (await whole).length / 2), /^a broken picture: .*premature end/],
    ['half a JPEG', async () => (await whole).subarray(0, (await whole).length / 2), /^a broken picture: .*premature end/],
    ['a JPEG without its last bytes', async () => (await whole).subarray(0, -2), /^a broken picture: .*premature end/],
    ['the start of a JPEG', async () => (await whole).subarray(0, 20), /^a broken picture: /],
    ['a JPEG with noise in it', async () => Buffer.from(await whole).fill(0xff, 5000, 5100), /^a broken picture: .*[Cc]orrupt/],
    ['half a PNG', async () => (await texture(1).png().toBuffer()).subarray(0, 3000), /^a broken picture: /],
    [
      'a PNG that claims 60000x60000 pixels',
      async () => claimHugeSize(await solid('red').png().toBuffer()),
      /^60000x60000 pixels, more than 110 million$/,
    ],
  ])('%s', async (_, make, reason) => {
    const decoded = await decode(await make());
    expect('fault' in decoded ? decoded.fault : 'usable').toMatch(reason);
  });

  it('a path that is not there or is a folder', async () => {
    const [missing, directory] = await decodePictures([join(folder, 'nowhere.jpg'), folder].map(stored), {
      imageSize: 64,
      crop: undefined,
    });
    expect(missing).toEqual({ fault: 'does not exist' });
    expect(directory).toEqual({ fault: 'is a folder' });
  });
});

describe('pictures decoded together', () => {
  it.each([
    { subsampling: '4:2:0', imageSize: 64, crop: 178 },
    { subsampling: '4:4:4', imageSize: 128, crop: 178 },
    { subsampling: '4:2:0', imageSize: 32, crop: undefined },
    { subsampling: '4:4:4', imageSize: 128, crop: 101 },
  ])('are exactly what each one is alone: $subsampling, $crop -> $imageSize', async ({ subsampling, imageSize, crop }) => {
    const jpegs = await Promise.all([1, 2, 3, 4, 5].map((seed) => texture(seed).jpeg({ chromaSubsampling: subsampling }).toBuffer()));
    expect(plainJpegShape(jpegs[0]!)).toEqual({ width: 178, height: 218, sampling: subsampling === '4:2:0' ? [2, 2] : [1, 1] });
    const together = await decodePictures(
      jpegs.map((bytes) => stored(write(bytes))),
      { imageSize, crop },
    );
    for (const [i, jpeg] of jpegs.entries()) expect(same(together[i], await pixelsOf(jpeg, { imageSize, crop }))).toBe(true);
  });

  it('are decoded by the fast way where they are plain JPEGs of one shape', async () => {
    const jpegs = await Promise.all(Array.from({ length: FILM_LEAST }, (_, seed) => texture(seed).jpeg().toBuffer()));
    const pixels = await decodeJpegs(jpegs, plainJpegShape(jpegs[0]!)!);
    const each = 178 * 218 * 3;
    for (const [i, jpeg] of jpegs.entries()) {
      expect(pixels.subarray(i * each, (i + 1) * each).equals(await sharp(jpeg).raw().toBuffer())).toBe(true);
    }
  });

  it('are not disturbed by broken, odd and larger ones among them', async () => {
    const plain = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => texture(seed).jpeg().toBuffer()));
    const mixed = [
      plain[0]!,
      plain[1]!.subarray(0, 4000),
      plain[2]!,
      await texture(3, 300, 400).jpeg().toBuffer(),
      await texture(4).withMetadata({ orientation: 3 }).jpeg().toBuffer(),
      plain[4]!,
      Buffer.from(''),
      plain[5]!,
    ];
    const decoded = await decodePictures(
      mixed.map((bytes) => stored(write(bytes))),
      { imageSize: 64, crop: 178 },
    );
    expect(decoded.map((picture) => 'fault' in picture)).toEqual([false, true, false, false, false, false, true, false]);
    for (const i of [0, 2, 3, 4, 5, 7]) expect(same(decoded[i], await pixelsOf(mixed[i]!, { crop: 178 }))).toBe(true);
  });

  it.each([
    { tables: 'quantisation', marker: 0xdb },
    { tables: 'Huffman', marker: 0xc4 },
  ])('lend each other no $tables tables', async ({ marker }) => {
    const jpegs: Buffer[] = [];
    for (const seed of [1, 2, 3, 4, 5])
      jpegs.push(
        await texture(seed)
          .jpeg({ quality: 65 + seed * 5 })
          .toBuffer(),
      );
    jpegs[2] = withoutSegments(jpegs[2]!, marker);
    const together = await decodePictures(
      jpegs.map((bytes) => stored(write(bytes))),
      { imageSize: 64, crop: 178 },
    );
    for (const [i, jpeg] of jpegs.entries()) expect(outcome(together[i]!)).toBe(outcome(await decode(jpeg, { crop: 178 })));
  });

  it('have the verdicts that each has alone, however many are damaged', async () => {
    const whole = await Promise.all(Array.from({ length: 48 }, (_, seed) => texture(seed).jpeg().toBuffer()));
    const jpegs = whole.map((jpeg, i) => [jpeg, bend(jpeg), Buffer.concat([jpeg.subarray(0, 3000 + i), jpeg.subarray(-2)])][i % 3]!);
    const together = await decodePictures(
      jpegs.map((bytes) => stored(write(bytes))),
      { imageSize: 64, crop: 178 },
    );
    const alone: string[] = [];
    for (const jpeg of jpegs) alone.push(outcome(await decode(jpeg, { crop: 178 })));
    expect(together.map(outcome)).toEqual(alone);
    expect(alone.filter((verdict) => verdict === 'broken').length).toBe(16);
  });

  it('are left to the slow way where a JPEG needs more than decoding', async () => {
    const odd = [
      await texture(1).jpeg({ progressive: true }).toBuffer(),
      await texture(1).toColourspace('b-w').jpeg().toBuffer(),
      await texture(1).toColourspace('cmyk').jpeg().toBuffer(),
      await texture(1).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      await texture(1).withIccProfile('p3').jpeg().toBuffer(),
      await texture(1, 1000, 600).jpeg().toBuffer(),
      withExifAfterFrame(await texture(1).jpeg().toBuffer()),
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff]),
      Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8]),
    ];
    expect(odd.map(plainJpegShape)).toEqual(odd.map(() => undefined));
  });
});

/** Its pixels, or that there are none: what is said of a broken one is not compared. */
const outcome = (picture: DecodedPicture) => ('fault' in picture ? 'broken' : Buffer.from(picture.pixels).toString('base64'));

function withoutSegments(jpeg: Buffer, marker: number): Buffer {
  const at = jpeg.indexOf(Buffer.from([0xff, marker]));
  if (at < 0 || at > jpeg.indexOf(Buffer.from([0xff, 0xda]))) return jpeg;
  return withoutSegments(Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]), marker);
}

/** Writes the size into the header of a PNG and mends its checksum. */
function claimHugeSize(png: Buffer): Buffer {
  const huge = Buffer.from(png);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
  return huge;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

/** An orientation is honoured wherever the header has it. */
function withExifAfterFrame(jpeg: Buffer): Buffer {
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const end = frame + 2 + jpeg.readUInt16BE(frame + 2);
  return Buffer.concat([jpeg.subarray(0, end), Buffer.from([0xff, 0xe1, 0, 8]), Buffer.from('Exif\0\0', 'latin1'), jpeg.subarray(end)]);
}
