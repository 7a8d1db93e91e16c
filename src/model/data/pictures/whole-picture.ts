// Decodes one picture whole. What a viewer shows whole is used, whatever its decoder warns of; a picture whose end is missing is not.

import sharp from 'sharp';
import type { PictureKind } from './picture-kind.ts';

/** More than a camera makes, with some room; a small file that claims more is a trap for the memory. */
export const MOST_PIXELS = 110_000_000;

/** What libjpeg says where pixels are missing or made up. Its other warnings are of headers and of bytes between the pixels. */
const PIXELS_ARE_MISSING = /premature end|bad huffman|instead of rst|bad progression|arithmetic code/i;
const ATTEMPTS = 3;

/** uint8 RGB of the turned picture, transparency laid on white. Rejects for a picture that is broken or cut off. */
export async function decodeWhole(bytes: Buffer, kind: PictureKind) {
  if (kind !== 'jpeg') return decode(bytes, 'error');
  try {
    return await decode(bytes, 'warning');
  } catch (warning) {
    if (PIXELS_ARE_MISSING.test((warning as Error).message) || !hasEnd(bytes)) await confirm(bytes, warning as Error);
    return decode(bytes, 'error');
  }
}

/**
 * libvips keeps its words in one place for all threads, so those of another picture may stand in an error. Rejects with the picture's
 * own words where it says in several attempts that pixels are missing; where the file has no end marker, at once.
 */
async function confirm(bytes: Buffer, warning: Error): Promise<void> {
  if (!hasEnd(bytes)) throw new Error(tidy(warning, 'premature end of JPEG image'));
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    try {
      await decode(bytes, 'warning');
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

// The whole picture, without the crop: in one pipeline with it, libvips stops below the square and never meets an end that is cut off.
const decode = (bytes: Buffer, failOn: 'warning' | 'error') =>
  sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn })
    .autoOrient()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
