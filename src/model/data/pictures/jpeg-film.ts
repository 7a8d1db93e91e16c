// Decodes many JPEGs of one shape in one call. Opening a picture costs libvips several times the
// decoding of a CelebA one, so the JPEGs go, untouched, into the strips of a TIFF in memory ("new style" JPEG
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
 * The shape of a JPEG that needs nothing but decoding: baseline, 8 bits, YCbCr, small, in one scan, without colour profile or orientation.
 * Undefined for every other file, which then has to be decoded alone. So has one that lacks a table: a film would lend it its neighbour's.
 */
export function plainJpegShape(bytes: Buffer): JpegShape | undefined {
  let frame: Frame | undefined;
  const tables = new Set<string>();
  for (let at = 2; at + 4 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at] !== 0xff) return undefined;
    if (marker === START_OF_SCAN)
      return frame && tablesOfScan(bytes, at + 4, frame)?.every((table) => tables.has(table)) ? frame.shape : undefined;
    if (marker === START_OF_FRAME) frame = readFrame(bytes, at + 4);
    else if (marker === QUANTISATION) for (const table of readQuantisation(bytes, at + 4, end)) tables.add(table);
    else if (marker === HUFFMAN) for (const table of readHuffman(bytes, at + 4, end)) tables.add(table);
    else if (!HARMLESS.has(marker)) return undefined;
  }
  return undefined;
}

const START_OF_FRAME = 0xc0; // baseline
const HUFFMAN = 0xc4;
const START_OF_SCAN = 0xda;
const QUANTISATION = 0xdb;
/** APP0 (JFIF), comment, restart interval. */
const HARMLESS = new Set([0xe0, 0xfe, 0xdd]);

interface Frame {
  shape: JpegShape;
  /** The quantisation tables that it names. */
  tables: string[];
}

function readFrame(bytes: Buffer, at: number): Frame | undefined {
  if (at + 15 > bytes.length || bytes[at] !== 8 || bytes[at + 5] !== 3) return undefined;
  const [height, width] = [bytes.readUInt16BE(at + 1), bytes.readUInt16BE(at + 3)];
  const ids = [bytes[at + 6], bytes[at + 9], bytes[at + 12]];
  const [luma, ...chroma] = [bytes[at + 7]!, bytes[at + 10]!, bytes[at + 13]!];
  const sampling: JpegShape['sampling'] = [luma >> 4, luma & 15];
  const isYCbCr = ids.join() === '1,2,3' && chroma.every((factors) => factors === 0x11) && sampling.every((n) => n === 1 || n === 2);
  if (!isYCbCr || width === 0 || height === 0 || width * height > MOST_PIXELS) return undefined;
  return { shape: { width, height, sampling }, tables: [8, 11, 14].map((place) => `quantisation ${bytes[at + place]}`) };
}

/** All tables that a scan of all three components needs. */
function tablesOfScan(bytes: Buffer, at: number, frame: Frame): string[] | undefined {
  if (bytes[at] !== 3 || at + 7 > bytes.length) return undefined;
  const pairs = [bytes[at + 2]!, bytes[at + 4]!, bytes[at + 6]!];
  return [...frame.tables, ...pairs.flatMap((pair) => [`Huffman ${pair >> 4}`, `Huffman ${16 + (pair & 15)}`])];
}

function* readQuantisation(bytes: Buffer, at: number, end: number): Generator<string> {
  for (let place = at; place < end; place += bytes[place]! >> 4 ? 129 : 65) yield `quantisation ${bytes[place]! & 15}`;
}

function* readHuffman(bytes: Buffer, at: number, end: number): Generator<string> {
  for (let place = at; place < end; ) {
    yield `Huffman ${bytes[place]}`; // 16 and more: of the coefficients beside the mean
    place += 17 + bytes.subarray(place + 1, place + 17).reduce((sum, codes) => sum + codes, 0);
  }
}

/** uint8, [jpegs.length, height, width, 3]. Rejects where any of them is broken, a libjpeg warning included. */
export async function decodeJpegs(jpegs: readonly Buffer[], shape: JpegShape): Promise<Buffer> {
  const pixels = await sharp(createFilm(jpegs, shape), { limitInputPixels: false, failOn: 'warning' }).raw().toBuffer();
  if (pixels.length !== jpegs.length * shape.height * shape.width * 3) throw new Error('decoded to an unexpected size');
  return pixels;
}

const SHORT = 3;
const LONG = 4;
const ENTRY_BYTES = 12;

/** A TIFF of one page. Each JPEG is one strip of it, as many rows as the picture has: a page a picture would cost more than the picture. */
function createFilm(jpegs: readonly Buffer[], { width, height, sampling }: JpegShape): Buffer {
  const n = jpegs.length;
  const entriesOf = (bitsAt: number, offsetsAt: number, sizesAt: number) => [
    [256, SHORT, 1, width],
    [257, LONG, 1, n * height],
    [258, SHORT, 3, bitsAt], // bits per sample: 8, 8, 8
    [259, SHORT, 1, 7], // compression: JPEG
    [262, SHORT, 1, 6], // YCbCr
    [273, LONG, n, offsetsAt],
    [277, SHORT, 1, 3], // samples per pixel
    [278, SHORT, 1, height], // rows per strip
    [279, LONG, n, sizesAt],
    [530, SHORT, 2, sampling[0] | (sampling[1] << 16)],
  ];
  const bitsAt = 8 + 2 + entriesOf(0, 0, 0).length * ENTRY_BYTES + 4;
  const offsetsAt = bitsAt + 8;
  const sizesAt = offsetsAt + n * 4;
  const head = Buffer.alloc(sizesAt + n * 4);
  head.write('II*\0\x08\0\0\0', 'latin1');
  const entries = entriesOf(bitsAt, offsetsAt, sizesAt);
  let to = head.writeUInt16LE(entries.length, 8);
  for (const [tag, type, count, value] of entries)
    to = head.writeUInt32LE(value!, head.writeUInt32LE(count!, head.writeUInt16LE(type!, head.writeUInt16LE(tag!, to))));
  for (let sample = 0; sample < 3; sample++) head.writeUInt16LE(8, bitsAt + sample * 2);
  let at = head.length;
  for (const [i, { length }] of jpegs.entries()) {
    head.writeUInt32LE(at, offsetsAt + i * 4);
    head.writeUInt32LE(length, sizesAt + i * 4);
    at += length;
  }
  return Buffer.concat([head, ...jpegs], at);
}
