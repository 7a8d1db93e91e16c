// Picture files -> square RGB pictures of one size.

import { readFileSync, statSync } from 'node:fs';
import sharp from 'sharp';
import { formatBytes } from '../../../experiment/units.ts';
import { cropAndResize } from './crop-and-resize.ts';
import { decodeJpegs, FILM_LEAST, type JpegShape, plainJpegShape } from './jpeg-film.ts';
import { type PictureKind, pictureKind } from './picture-kind.ts';
import { createPixelGate } from './pixel-gate.ts';
import { decodeWhole, MOST_PIXELS } from './whole-picture.ts';

/** Pixels: uint8, [imageSize, imageSize, 3]. */
export type DecodedPicture = { pixels: Uint8Array } | { fault: string };

interface Options {
  imageSize: number;
  /** Side of the centred square; undefined takes the whole shorter side. */
  crop: number | undefined;
}

const MOST_FILE_BYTES = 256 * 2 ** 20;

// One picture a thread, and nothing kept: no picture is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels that are decoded at once, in all calls together; a larger picture waits until it is alone. */
const gate = createPixelGate(52_000_000);
/** A picture of 3 bytes a pixel lies in memory this many times while a film of pictures is cut. */
const FILM_COPIES = 3;

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
      const { bytes, kind, fault } = files[i]!;
      decoded[i] = bytes && kind ? await decodeAlone({ bytes, kind }, options) : { fault: fault! };
    }),
  );
  return decoded;
}

interface PictureFile {
  bytes?: Buffer;
  kind?: PictureKind;
  fault?: string;
}

/** Synchronous: small files come out of the page cache sooner than a promise does, and the threads are busy decoding. */
function readPicture(path: string): PictureFile {
  try {
    const { size } = statSync(path);
    if (size > MOST_FILE_BYTES) return { fault: `larger than ${formatBytes(MOST_FILE_BYTES)}` };
    const bytes = readFileSync(path);
    const kind = pictureKind(bytes);
    return 'fault' in kind ? kind : { bytes, ...kind };
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
    const pixels = await gate.pass(width * height * jpegs.length * FILM_COPIES, async () => {
      const pictures = await decodeJpegs(jpegs, shape);
      return cropAndResize(pictures, { count: jpegs.length, width, height, side, imageSize });
    });
    const each = imageSize * imageSize * 3;
    return jpegs.map((_, i) => pixels.subarray(i * each, (i + 1) * each));
  } catch {
    return undefined;
  }
}

async function decodeAlone({ bytes, kind }: Required<Pick<PictureFile, 'bytes' | 'kind'>>, options: Options): Promise<DecodedPicture> {
  try {
    const { width = 0, height = 0 } = await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata();
    if (width * height > MOST_PIXELS) return { fault: `${width}x${height} pixels, more than ${MOST_PIXELS / 1e6} million` };
    return await gate.pass(width * height, () => cutOut({ bytes, kind }, options));
  } catch (error) {
    return { fault: `a broken picture: ${(error as Error).message.split('\n')[0]!}` };
  }
}

async function cutOut(file: Required<Pick<PictureFile, 'bytes' | 'kind'>>, { imageSize, crop }: Options): Promise<DecodedPicture> {
  const { data, info } = await decodeWhole(file.bytes, file.kind);
  const { width, height, channels } = info;
  if (channels !== 3) return { fault: `decoded to ${channels} channels instead of 3` };
  const side = crop ?? Math.min(width, height);
  if (side > width || side > height) return { fault: `${width}x${height} pixels, smaller than the crop of ${side}` };
  const pixels = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .extract({ left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side })
    .resize(imageSize, imageSize, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { pixels };
}
