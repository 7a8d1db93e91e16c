// Picture files -> square RGB pictures of one size.

import { readFileSync, statSync } from 'node:fs';
import sharp from 'sharp';
import { formatBytes } from '../../../experiment/units.ts';
import { cropAndResize } from './crop-and-resize.ts';
import { decodeJpegs, FILM_LEAST, type JpegShape, plainJpegShape } from './jpeg-film.ts';
import { pictureKind } from './picture-kind.ts';

/** Pixels: uint8, [imageSize, imageSize, 3]. */
export type DecodedPicture = { pixels: Uint8Array } | { fault: string };

interface Options {
  imageSize: number;
  /** Side of the centred square; undefined takes the whole shorter side. */
  crop: number | undefined;
}

/** More than a camera makes; a small file that claims more is a trap for the memory. */
const MOST_PIXELS = 100_000_000;
const MOST_FILE_BYTES = 256 * 2 ** 20;

// One picture a thread, and nothing kept: no picture is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/**
 * One answer a path, in order; a file that cannot be used is a fault, never an exception. Orientation is honoured,
 * transparency laid on white, grey and CMYK converted, the resize antialiased (Lanczos 3). A picture's pixels do
 * not depend on its neighbours in the list.
 */
export async function decodePictures(paths: readonly string[], options: Options): Promise<DecodedPicture[]> {
  const files = paths.map(readPicture);
  const decoded: DecodedPicture[] = new Array(paths.length);
  const alone: number[] = [];
  for (const { shape, members } of groupByShape(files, alone)) {
    const pixels = await decodeTogether(
      members.map((i) => files[i]!.bytes!),
      shape,
      options,
    );
    for (const [k, i] of members.entries()) if (pixels) decoded[i] = { pixels: pixels[k]! };
    if (!pixels) alone.push(...members); // one of them is broken: find out which
  }
  await Promise.all(
    alone.map(async (i) => {
      const { bytes, fault } = files[i]!;
      decoded[i] = bytes ? await decodeAlone(bytes, options) : { fault: fault! };
    }),
  );
  return decoded;
}

interface PictureFile {
  bytes?: Buffer;
  fault?: string;
}

/** Synchronous: small files come out of the page cache sooner than a promise does, and the threads are busy decoding. */
function readPicture(path: string): PictureFile {
  try {
    const { size } = statSync(path);
    if (size > MOST_FILE_BYTES) return { fault: `larger than ${formatBytes(MOST_FILE_BYTES)}` };
    const bytes = readFileSync(path);
    const kind = pictureKind(bytes);
    return 'fault' in kind ? kind : { bytes };
  } catch (error) {
    return { fault: `cannot be read: ${(error as Error).message.split(',')[0]}` };
  }
}

/** Plain JPEGs of one shape, where there are enough of them; the indices of all other files go to `alone`. */
function groupByShape(files: readonly PictureFile[], alone: number[]): { shape: JpegShape; members: number[] }[] {
  const groups = new Map<string, { shape: JpegShape; members: number[] }>();
  for (const [i, { bytes }] of files.entries()) {
    const shape = bytes && plainJpegShape(bytes);
    if (!shape) {
      alone.push(i);
      continue;
    }
    const key = JSON.stringify(shape);
    const group = groups.get(key);
    if (group) group.members.push(i);
    else groups.set(key, { shape, members: [i] });
  }
  return [...groups.values()].filter(({ members }) => {
    if (members.length >= FILM_LEAST) return true;
    alone.push(...members);
    return false;
  });
}

async function decodeTogether(jpegs: Buffer[], shape: JpegShape, { imageSize, crop }: Options): Promise<Uint8Array[] | undefined> {
  const { width, height } = shape;
  const side = crop ?? Math.min(width, height);
  if (side > width || side > height || side < imageSize) return undefined; // enlarging mixes across seams
  try {
    const pictures = await decodeJpegs(jpegs, shape);
    const pixels = await cropAndResize(pictures, { count: jpegs.length, width, height, side, imageSize });
    const each = imageSize * imageSize * 3;
    return jpegs.map((_, i) => pixels.subarray(i * each, (i + 1) * each));
  } catch {
    return undefined;
  }
}

async function decodeAlone(bytes: Buffer, options: Options, attempts = 3): Promise<DecodedPicture> {
  const { imageSize, crop } = options;
  try {
    // The whole picture first: in one pipeline with the crop, libvips stops below the square and never meets an end that is cut off.
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 3) return { fault: `decoded to ${channels} channels instead of 3` };
    const side = crop ?? Math.min(width, height);
    if (side > width || side > height) return { fault: `${width}x${height} pixels, smaller than the crop of ${side}` };
    const pixels = await sharp(data, { raw: { width, height, channels } })
      .extract({ left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side })
      .resize(imageSize, imageSize, { fit: 'fill' })
      .raw()
      .toBuffer();
    return { pixels };
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]!;
    // libvips keeps its words in one place for all threads: another picture's decoder may have taken those about this one.
    if (attempts > 1 && reason.endsWith('failOn setting')) return decodeAlone(bytes, options, attempts - 1);
    return { fault: `a broken picture: ${reason}` };
  }
}
