// Decodes one picture whole. What a viewer shows whole is used, whatever its decoder warns of; a picture whose end is missing is not.

import sharp from 'sharp';
import type { PictureKind } from './picture-kind.ts';

/** More than a camera makes, with some room; a small file that claims more is a trap for the memory. */
export const MOST_PIXELS = 110_000_000;

/** What libjpeg says where pixels are missing or made up. Its other warnings are of headers and of bytes between the pixels. */
const PIXELS_ARE_MISSING = /premature end|bad huffman|instead of rst|bad progression|arithmetic code/i;

export type FailOn = 'warning' | 'error';

/** uint8 RGB of the turned picture, transparency laid on white. Rejects for a picture that is broken or cut off. */
export function decodeWhole(bytes: Buffer, failOn: FailOn) {
  return open(bytes, failOn).raw().toBuffer({ resolveWithObject: true });
}

export interface Square {
  left: number;
  top: number;
  side: number;
}

/**
 * The square of the turned picture, resized: uint8 RGB, [imageSize, imageSize, 3], what decodeWhole, a cut and a resize give for pictures of
 * 8 bits, but for steps of 1 or 2 in few values of some sizes: libvips adds up places from other rows. Holds some rows of the picture at a
 * time, and all of one that lies on its side, is progressive or interlaced. Rejects as decodeWhole.
 */
export async function decodeSquare(
  { bytes, kind }: { bytes: Buffer; kind: PictureKind },
  { left, top, side }: Square,
  { imageSize, failOn }: { imageSize: number; failOn: FailOn },
): Promise<Buffer> {
  await readToTheEnd(bytes, kind, failOn);
  return open(bytes, failOn)
    .extract({ left, top, width: side, height: side })
    .resize(imageSize, imageSize, { fit: 'fill', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
}

/**
 * Behind a cut, libvips stops below it and never meets an end that is missing. Its last row cannot be had without all rows above. A JPEG
 * that has its end marker is read at an eighth of its size instead, which takes half the time and parses every byte.
 */
async function readToTheEnd(bytes: Buffer, kind: PictureKind, failOn: FailOn): Promise<void> {
  const picture = sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn });
  const { width, height } = await picture.metadata();
  const isEighth = kind === 'jpeg' && hasEnd(bytes);
  const end = isEighth
    ? picture.resize(Math.floor(width / 8), Math.floor(height / 8), { fit: 'fill' })
    : picture.extract({ left: 0, top: height - 1, width, height: 1 });
  await end.raw().toBuffer();
}

/**
 * Rejects where pixels of a JPEG are missing, after its decoder has warned of it. For a time when nothing else is decoded: libvips keeps its
 * words in one place for all threads, and forgets them at the end of every picture.
 */
export async function refuseBroken(bytes: Buffer, decode: (failOn: FailOn) => Promise<unknown>): Promise<void> {
  try {
    await decode('warning');
  } catch (warning) {
    const words = (warning as Error).message.split('\n').find((line) => PIXELS_ARE_MISSING.test(line));
    if (words !== undefined || !hasEnd(bytes)) throw new Error(words ?? 'premature end of JPEG image');
  }
}

/** Whether the picture's end marker is there, with or without bytes after it. A file whose tail was never written has none. */
const hasEnd = (bytes: Buffer): boolean => bytes.lastIndexOf(END_OF_IMAGE) > bytes.indexOf(START_OF_SCAN);
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const START_OF_SCAN = Buffer.from([0xff, 0xda]);

const open = (bytes: Buffer, failOn: FailOn) =>
  sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn }).autoOrient().flatten({ background: 'white' }).toColourspace('srgb');
