// Picture files -> square RGB pictures of one size.

import { hash } from 'node:crypto';
import sharp from 'sharp';
import { formatBytes } from '../../../experiment/units.ts';
import { describeUnreadable, firstLineOf } from '../../../results/errors.ts';
import { cropAndResize } from './crop-and-resize.ts';
import { decodeJpegs, FILM_LEAST, type JpegShape, plainJpegShape } from './jpeg-film.ts';
import { MOST_FILE_BYTES, type PictureKind, pictureKind } from './picture-kind.ts';
import { createPixelGate } from './pixel-gate.ts';
import { decodeSquare, decodeWhole, type FailOn, MOST_PIXELS, refuseBroken, type Square } from './whole-picture.ts';

/** A picture as it is stored. `read` throws, or rejects, where it cannot be read. */
export interface StoredPicture {
  sizeBytes: number;
  read(): Buffer | Promise<Buffer>;
  /** Where the face is: the square around it is cut out, in place of a centred one. */
  box?: Box | undefined;
}

/** In pixels of the turned picture. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Pixels: uint8, [imageSize, imageSize, 3]. `isEnlarged`: the picture was smaller. `sha256`: of its bytes, where they could be read. */
export type DecodedPicture = (Pixels | { fault: string }) & { sha256?: Uint8Array };
type Pixels = { pixels: Uint8Array; isEnlarged?: boolean };

interface Options {
  imageSize: number;
  /** Side of the centred square; undefined takes the whole shorter side. */
  crop: number | undefined;
}

// One picture a thread, and nothing kept: no picture is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels that are decoded at once, in all calls together; a larger picture waits until it is alone. */
const gate = createPixelGate(52_000_000);
/** From here on a picture is cut while it is decoded. Below, decoding it once takes less time than reading to its end first. */
const LARGE_PIXELS = 4_000_000;
/** A picture of 3 bytes a pixel lies in memory this many times while a film of pictures is cut. */
const FILM_COPIES = 3;

/**
 * One answer a picture, in order; a file that cannot be used is a fault, never an exception. Orientation is honoured,
 * transparency laid on white, grey and CMYK converted, the resize antialiased (Lanczos 3). A picture's pixels do
 * not depend on its neighbours in the list.
 */
export async function decodePictures(pictures: readonly StoredPicture[], options: Options): Promise<DecodedPicture[]> {
  const read = pictures.map(readPicture);
  const files = read.some((file) => file instanceof Promise) ? await Promise.all(read) : (read as PictureFile[]);
  const decoded: DecodedPicture[] = new Array(pictures.length);
  const alone: number[] = [];
  for (const { shape, members } of groupByShape(files, pictures, alone)) {
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
      decoded[i] = bytes && kind ? await decodeAlone({ bytes, kind }, { ...options, box: pictures[i]!.box }) : { fault: fault! };
    }),
  );
  return decoded.map((picture, i) => (files[i]!.sha256 ? { ...picture, sha256: files[i]!.sha256 } : picture));
}

interface PictureFile {
  sha256?: Uint8Array;
  bytes?: Buffer;
  kind?: PictureKind;
  fault?: string;
}

/** Synchronous: small files come out of the page cache sooner than a promise does, and the threads are busy decoding. */
function readPicture({ sizeBytes, read }: StoredPicture): PictureFile | Promise<PictureFile> {
  try {
    if (sizeBytes > MOST_FILE_BYTES) return { fault: `larger than ${formatBytes(MOST_FILE_BYTES)}` };
    const bytes = read();
    return bytes instanceof Promise ? bytes.then(inspect, (error: unknown) => ({ fault: describeUnreadable(error) })) : inspect(bytes);
  } catch (error) {
    return { fault: describeUnreadable(error) };
  }
}

function inspect(bytes: Buffer): PictureFile {
  const sha256 = hash('sha256', bytes, 'buffer');
  const kind = pictureKind(bytes);
  return 'fault' in kind ? { sha256, ...kind } : { sha256, bytes, ...kind };
}

/** Plain JPEGs of one shape that are cut in the middle, where there are enough of them; the indices of all other files go to `alone`. */
function groupByShape(
  files: readonly PictureFile[],
  pictures: readonly StoredPicture[],
  alone: number[],
): { shape: JpegShape; members: number[] }[] {
  const groups = new Map<string, { shape: JpegShape; members: number[] }>();
  for (const [i, { bytes }] of files.entries()) {
    const shape = bytes && !pictures[i]!.box ? plainJpegShape(bytes) : undefined;
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

async function decodeAlone(file: Picture, options: Cut): Promise<DecodedPicture> {
  try {
    const look = () => sharp(file.bytes, { limitInputPixels: false, failOn: 'none' }).metadata();
    const { width, height, depth, autoOrient } = await gate.pass(1, look);
    if (width * height > MOST_PIXELS) return { fault: `${width}x${height} pixels, more than ${MOST_PIXELS / 1e6} million` };
    const isLarge = width * height >= LARGE_PIXELS && depth === 'uchar';
    const decode = (failOn: FailOn) =>
      isLarge ? cutFromLarge(file, autoOrient, { ...options, failOn }) : cutOut(file, { ...options, failOn });
    if (file.kind === 'jpeg') {
      try {
        return await gate.pass(width * height, () => decode('warning'));
      } catch {
        await gate.passAlone(() => refuseBroken(file.bytes, decode));
      }
    }
    return await gate.pass(width * height, () => decode('error'));
  } catch (error) {
    return { fault: `a broken picture: ${firstLineOf(error)}` };
  }
}

type Picture = Required<Pick<PictureFile, 'bytes' | 'kind'>>;

async function cutOut({ bytes }: Picture, { imageSize, crop, box, failOn }: Cut & { failOn: FailOn }): Promise<DecodedPicture> {
  const { data, info } = await decodeWhole(bytes, failOn);
  const { width, height, channels } = info;
  if (channels !== 3) return { fault: `decoded to ${channels} channels instead of 3` };
  const square = findSquare({ width, height }, { crop, box });
  if ('fault' in square) return square;
  const { left, top, side } = square;
  const pixels = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .extract({ left, top, width: side, height: side })
    .resize(imageSize, imageSize, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { pixels, ...(side < imageSize && { isEnlarged: true }) };
}

/** As cutOut, without the whole picture in memory (decodeSquare). */
async function cutFromLarge(
  file: Picture,
  turned: { width: number; height: number },
  { imageSize, crop, box, failOn }: Cut & { failOn: FailOn },
): Promise<DecodedPicture> {
  const square = findSquare(turned, { crop, box });
  if ('fault' in square) return square;
  const pixels = await decodeSquare(file, square, { imageSize, failOn });
  if (pixels.length !== imageSize * imageSize * 3) return { fault: 'decoded to another number of channels than 3' };
  return { pixels, ...(square.side < imageSize && { isEnlarged: true }) };
}

type Cut = Options & Pick<StoredPicture, 'box'>;

function findSquare({ width, height }: Size, { crop, box }: Omit<Cut, 'imageSize'>): Square | { fault: string } {
  if (box !== undefined) return squareAround(box, { width, height });
  const side = crop ?? Math.min(width, height);
  if (side > width || side > height) return { fault: `${width}x${height} pixels, smaller than the crop of ${side}` };
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}

interface Size {
  width: number;
  height: number;
}

/** As wide as the longer side of the box, about its middle; moved into the picture, and no larger than it. */
function squareAround({ left, top, width, height }: Box, picture: Size): Square {
  const side = Math.max(1, Math.min(Math.round(Math.max(width, height)), picture.width, picture.height));
  const place = (middle: number, room: number) => Math.min(Math.max(0, Math.round(middle - side / 2)), room - side);
  return { left: place(left + width / 2, picture.width), top: place(top + height / 2, picture.height), side };
}
