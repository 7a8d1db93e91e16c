// Decodes many JPEGs of one shape in one call. Opening a picture costs libvips several times the
// decoding of a CelebA one, so the JPEGs go, untouched, into the pages of a TIFF in memory ("new style" JPEG
// compression, TIFF Technical Note 2), which is opened once. The same libjpeg decodes them: the pixels are identical.

import sharp from 'sharp';

/** Fewer pictures than this are not worth a film. */
export const FILM_LEAST = 4;
/** Larger pictures gain nothing, and many of them at once need much memory. */
const MOST_PIXELS = 512 * 512;

export interface JpegShape {
  width: number;
  height: number;
  /** Sampling factors of the brightness: [2, 2] is 4:2:0. */
  sampling: [horizontal: number, vertical: number];
}

/**
 * The shape of a JPEG that needs nothing but decoding: baseline, 8 bits, YCbCr, small, without colour profile or
 * orientation. Undefined for every other file, which then has to be decoded alone.
 */
export function plainJpegShape(bytes: Buffer): JpegShape | undefined {
  let shape: JpegShape | undefined;
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === START_OF_SCAN) return shape;
    if (marker === START_OF_FRAME) shape = readFrame(bytes, at + 4);
    else if (!HARMLESS.has(marker)) return undefined;
  }
  return undefined;
}

const START_OF_FRAME = 0xc0; // baseline
const START_OF_SCAN = 0xda;
/** APP0 (JFIF), comment, quantisation tables, Huffman tables, restart interval. */
const HARMLESS = new Set([0xe0, 0xfe, 0xdb, 0xc4, 0xdd]);

function readFrame(bytes: Buffer, at: number): JpegShape | undefined {
  if (at + 15 > bytes.length || bytes[at] !== 8 || bytes[at + 5] !== 3) return undefined;
  const [height, width] = [bytes.readUInt16BE(at + 1), bytes.readUInt16BE(at + 3)];
  const ids = [bytes[at + 6], bytes[at + 9], bytes[at + 12]];
  const [luma, ...chroma] = [bytes[at + 7]!, bytes[at + 10]!, bytes[at + 13]!];
  const sampling: JpegShape['sampling'] = [luma >> 4, luma & 15];
  const isYCbCr = ids.join() === '1,2,3' && chroma.every((factors) => factors === 0x11) && sampling.every((n) => n === 1 || n === 2);
  return isYCbCr && width > 0 && height > 0 && width * height <= MOST_PIXELS ? { width, height, sampling } : undefined;
}

/** uint8, [jpegs.length, height, width, 3]. Rejects where any of them is broken, a libjpeg warning included. */
export async function decodeJpegs(jpegs: readonly Buffer[], shape: JpegShape): Promise<Buffer> {
  const pixels = await sharp(createFilm(jpegs, shape), { pages: -1, limitInputPixels: false, failOn: 'warning' }).raw().toBuffer();
  if (pixels.length !== jpegs.length * shape.height * shape.width * 3) throw new Error('decoded to an unexpected size');
  return pixels;
}

const SHORT = 3;
const LONG = 4;

function createFilm(jpegs: readonly Buffer[], { width, height, sampling }: JpegShape): Buffer {
  const entriesOf = (dataAt: number, dataBytes: number) => [
    [256, SHORT, 1, width],
    [257, SHORT, 1, height],
    [258, SHORT, 3, dataAt - 6], // bits per sample: 8, 8, 8, kept just before the data
    [259, SHORT, 1, 7], // compression: JPEG
    [262, SHORT, 1, 6], // YCbCr
    [273, LONG, 1, dataAt],
    [277, SHORT, 1, 3], // samples per pixel
    [278, SHORT, 1, height], // rows per strip: all
    [279, LONG, 1, dataBytes],
    [530, SHORT, 2, sampling[0] | (sampling[1] << 16)],
  ];
  const headBytes = 2 + entriesOf(0, 0).length * 12 + 4 + 6;
  const even = (n: number) => n + (n & 1);
  const film = Buffer.alloc(8 + jpegs.reduce((sum, jpeg) => sum + headBytes + even(jpeg.length), 0));
  film.write('II*\0\x08\0\0\0', 'latin1');
  let at = 8;
  for (const [i, jpeg] of jpegs.entries()) {
    const dataAt = at + headBytes;
    const next = dataAt + even(jpeg.length);
    const entries = entriesOf(dataAt, jpeg.length);
    let to = film.writeUInt16LE(entries.length, at);
    for (const [tag, type, count, value] of entries) {
      to = film.writeUInt32LE(value!, film.writeUInt32LE(count!, film.writeUInt16LE(type!, film.writeUInt16LE(tag!, to))));
    }
    to = film.writeUInt32LE(i + 1 < jpegs.length ? next : 0, to);
    for (let sample = 0; sample < 3; sample++) to = film.writeUInt16LE(8, to);
    jpeg.copy(film, dataAt);
    at = next;
  }
  return film;
}
