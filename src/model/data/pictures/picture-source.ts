// A source made of picture files on disk: reads them in order, several chunks at once.

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Listing } from '../sources/listing.ts';
import type { Source, SourceChunk } from '../sources/source.ts';
import { collectGarbageRarely } from './garbage.ts';
import { MOST_FILE_BYTES } from './picture-kind.ts';

interface Options {
  imageSize: number;
  /** Side of the centred square; undefined takes the whole shorter side. */
  crop: number | undefined;
}

/** Raised when the same files would give other pixels or labels than before. */
const READING_VERSION = 1;
const SHA256_BYTES = 32;
const CHUNK_PICTURES = 32;
/** Of picture files in one chunk, so that photographs of a camera do not fill the memory. */
const CHUNK_BYTES = 16 * 2 ** 20;
/** libuv decodes on at most four threads. */
const MOST_CHUNKS_AT_ONCE = 5;

/** The identity covers names, sizes and labels of the pictures used, in order, and how they are cut: a copy elsewhere has the same. */
export function createPictureSource(listing: Listing, options: Options): Source {
  const { attributes, folder, files, stamps, faults, notices } = listing;
  return {
    attributes,
    identity: identify(listing, options),
    total: files.length + faults.length,
    faults,
    notices,
    files: { place: folder, stamps, read: (i) => (listing.sizesBytes[i]! > MOST_FILE_BYTES ? undefined : listing.open(files[i]!)) },
    async *read() {
      using _room = collectGarbageRarely();
      const inFlight: Promise<SourceChunk>[] = [];
      for (const [from, to] of chunkRanges(listing.sizesBytes)) {
        const chunk = readChunk(listing, { from, to, ...options });
        chunk.catch(() => {}); // thrown when its turn comes
        inFlight.push(chunk);
        if (inFlight.length >= Math.min(availableParallelism() + 1, MOST_CHUNKS_AT_ONCE)) yield await inFlight.shift()!;
      }
      for (const chunk of inFlight) yield await chunk;
    },
  };
}

function identify({ attributes, files, sizesBytes, labels, boxOf }: Listing, { imageSize, crop }: Options): string {
  const hash = createHash('sha256').update(JSON.stringify([READING_VERSION, imageSize, crop ?? null, attributes]));
  const names = files.map((file, i) => `${file}\0${sizesBytes[i]}\n`);
  if (boxOf) hash.update(JSON.stringify(files.map(boxOf)));
  return hash.update(names.join('')).update(labels).digest('hex').slice(0, 16);
}

function* chunkRanges(sizesBytes: number[]): Generator<[from: number, to: number]> {
  let from = 0;
  let bytes = 0;
  for (const [i, size] of sizesBytes.entries()) {
    if (i > from && (i - from === CHUNK_PICTURES || bytes + size > CHUNK_BYTES)) {
      yield [from, i];
      from = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < sizesBytes.length) yield [from, sizesBytes.length];
}

async function readChunk(listing: Listing, { from, to, imageSize, crop }: Options & { from: number; to: number }): Promise<SourceChunk> {
  const { files, sizesBytes, attributes } = listing;
  const { decodePictures } = await import('./decode.ts'); // with its decoders, which a plan does not need
  const decoded = await decodePictures(
    files
      .slice(from, to)
      .map((file, i) => ({ sizeBytes: sizesBytes[from + i]!, read: () => listing.open(file), box: listing.boxOf?.(file) })),
    { imageSize, crop },
  );
  const n = attributes.length;
  const pictureBytes = imageSize * imageSize * 3;
  const chunk: SourceChunk = {
    pixels: new Uint8Array(decoded.length * pictureBytes),
    labels: new Uint8Array(decoded.length * n),
    faults: [],
    contents: new Uint8Array(decoded.length * SHA256_BYTES),
    enlarged: 0,
  };
  let count = 0;
  for (const [i, picture] of decoded.entries()) {
    if (picture.sha256) chunk.contents!.set(picture.sha256, i * SHA256_BYTES);
    if ('fault' in picture) {
      chunk.faults.push({ name: files[from + i]!, reason: picture.fault });
      continue;
    }
    if (picture.isEnlarged) chunk.enlarged!++;
    chunk.pixels.set(picture.pixels, count * pictureBytes);
    chunk.labels.set(listing.labels.subarray((from + i) * n, (from + i + 1) * n), count * n);
    count++;
  }
  return { ...chunk, pixels: chunk.pixels.subarray(0, count * pictureBytes), labels: chunk.labels.subarray(0, count * n) };
}
