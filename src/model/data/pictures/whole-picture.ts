// Decodes one picture whole. What a viewer shows whole is used, whatever its decoder warns of; a picture whose end is missing is not.

import sharp from 'sharp';
import type { PictureKind } from './picture-kind.ts';

/** More than a camera makes, with some room; a small file that claims more is a trap for the memory. */
export const MOST_PIXELS = 110_000_000;

/** What libjpeg says where pixels are missing or made up. Its other warnings are of headers and of bytes between the pixels. */
const PIXELS_ARE_MISSING = /premature end|bad huffman|instead of rst|bad progression|arithmetic code/i;
const ATTEMPTS = 3;

/** uint8 RGB of the turned picture, transparency laid on white. Rejects for a picture that is broken or cut off. */
export function decodeWhole(bytes: Buffer, kind: PictureKind) {
  return judge(bytes, kind, (failOn) => open(bytes, failOn).raw().toBuffer({ resolveWithObject: true }));
}

export interface Square {
  left: number;
  top: number;
  side: number;
}

/**
 * The square of the turned picture, resized: uint8 RGB, [imageSize, imageSize, 3], the bits that decodeWhole, a cut and a resize give, for
 * pictures of 8 bits. Holds some rows of the picture at a time, and all of one that lies on its side. Rejects as decodeWhole.
 */
export function decodeSquare(bytes: Buffer, kind: PictureKind, { left, top, side }: Square, imageSize: number): Promise<Buffer> {
  return judge(bytes, kind, async (failOn) => {
    await readToTheEnd(bytes, kind, failOn);
    return open(bytes, failOn)
      .extract({ left, top, width: side, height: side })
      .resize(imageSize, imageSize, { fit: 'fill', fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
  });
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

type FailOn = 'warning' | 'error';
type Decode<T> = (failOn: FailOn) => Promise<T>;

async function judge<T>(bytes: Buffer, kind: PictureKind, decode: Decode<T>): Promise<T> {
  if (kind !== 'jpeg') return decode('error');
  try {
    return await decode('warning');
  } catch (warning) {
    if (PIXELS_ARE_MISSING.test((warning as Error).message) || !hasEnd(bytes)) await confirm(bytes, warning as Error, decode);
    return decode('error');
  }
}

/**
 * libvips keeps its words in one place for all threads, so those of another picture may stand in an error. Rejects with the picture's
 * own words where it says in several attempts that pixels are missing; where the file has no end marker, at once.
 */
async function confirm(bytes: Buffer, warning: Error, decode: Decode<unknown>): Promise<void> {
  if (!hasEnd(bytes)) throw new Error(tidy(warning, 'premature end of JPEG image'));
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    try {
      await decode('warning');
      return;
    } catch (error) {
      if (!PIXELS_ARE_MISSING.test((error as Error).message)) return;
    }
  }
  throw new Error(tidy(warning, warning.message));
}

const tidy = ({ message }: Error, otherwise: string): string =>
  message.split('\n').find((line) => PIXELS_ARE_MISSING.test(line)) ?? otherwise;

/** Whether the picture's end marker is there, with or without bytes after it. A file whose tail was never written has none. */
const hasEnd = (bytes: Buffer): boolean => bytes.lastIndexOf(END_OF_IMAGE) > bytes.indexOf(START_OF_SCAN);
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const START_OF_SCAN = Buffer.from([0xff, 0xda]);

const open = (bytes: Buffer, failOn: FailOn) =>
  sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn }).autoOrient().flatten({ background: 'white' }).toColourspace('srgb');
