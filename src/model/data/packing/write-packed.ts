// Streams a source into a packed folder: beside its place first, then renamed into it whole.

import { createHash, type Hash } from 'node:crypto';
import { mkdirSync, renameSync, statfsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { formatBytes } from '../../../experiment/units.ts';
import { UserError } from '../../../experiment/user-error.ts';
import { codeOf, describeSystemError } from '../../../results/errors.ts';
import { writeJsonAtomic } from '../../../results/files/write.ts';
import type { Source } from '../sources/source.ts';
import { createFaultTally } from './fault-tally.ts';
import { labelsFile, manifestFile, NAMED_FAULTS, PACK_FORMAT, type PackManifest, pixelsFile } from './manifest.ts';

interface Options {
  dataset: DatasetConfig;
  /** Where the packed data set is to be; nothing is there yet. */
  folder: string;
  /** Beside it; left to the caller to remove where this rejects. */
  temporary: string;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Throws a UserError where more than 1 % of the pictures, or all, are unusable, or the disk is full. */
export async function writePacked(source: Source, { dataset, folder, temporary, onProgress, signal }: Options): Promise<void> {
  const bytes = source.total * (dataset.imageSize ** 2 * 3 + source.attributes.length);
  checkFreeSpace(dirname(folder), bytes);
  try {
    mkdirSync(temporary);
    writeJsonAtomic(manifestFile(temporary), await writeContents(source, { dataset, folder, temporary, onProgress, signal }));
    renameSync(temporary, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    throw explainWriteError(error, { folder: dirname(folder), bytes });
  }
}

async function writeContents(source: Source, { dataset, temporary, onProgress, signal }: Options): Promise<PackManifest> {
  const { attributes, identity, total, faults, notices } = source;
  const tally = createFaultTally(dataset, total);
  await using pixels = await createHashedFile(pixelsFile(temporary));
  await using labels = await createHashedFile(labelsFile(temporary));
  const positives = new Array<number>(attributes.length).fill(0);
  let count = 0;
  onProgress?.(0, total);
  tally.add(faults, 0);
  for await (const chunk of source.read()) {
    signal?.throwIfAborted();
    count += chunk.labels.length / attributes.length;
    tally.add(chunk.faults, count);
    await Promise.all([pixels.write(chunk.pixels), labels.write(chunk.labels)]);
    for (let i = 0; i < chunk.labels.length; i++) positives[i % attributes.length]! += chunk.labels[i]!;
    onProgress?.(count + tally.count, total);
  }
  tally.finish(count);
  return {
    format: PACK_FORMAT,
    source: dataset.source,
    identity,
    count,
    imageSize: dataset.imageSize,
    attributes: [...attributes],
    positives,
    pixelsSha256: await pixels.finish(),
    labelsSha256: await labels.finish(),
    faults: tally.summary(),
    notices: { count: notices.length, first: notices.slice(0, NAMED_FAULTS) },
  };
}

interface HashedFile extends AsyncDisposable {
  write(bytes: Uint8Array): Promise<void>;
  /** Brings everything to the disk and gives the SHA-256 of the content in hexadecimal. */
  finish(): Promise<string>;
}

async function createHashedFile(path: string): Promise<HashedFile> {
  const file: FileHandle = await open(path, 'wx');
  const hash: Hash = createHash('sha256');
  return {
    async write(bytes) {
      hash.update(bytes);
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    },
    async finish() {
      await file.sync();
      return hash.digest('hex');
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Throws a UserError where the file system of `folder` has less than `bytes` free. */
export function checkFreeSpace(folder: string, bytes: number): void {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const isUnknown = blocks === 0; // some network file systems do not tell
  if (isUnknown || bavail * bsize >= bytes) return;
  throw new UserError(
    `${folder}: packing needs ${formatBytes(bytes)}, ${formatBytes(bavail * bsize)} are free; free some, or set FACET_CACHE to a folder with more room`,
    { cause: Object.assign(new Error('Too little space is left'), { code: 'ENOSPC' }) },
  );
}

/** A UserError for what a full or limited disk raises, any other error as it is. */
export function explainWriteError(error: unknown, { folder, bytes }: { folder: string; bytes: number }): unknown {
  if (!MENDED_BY_ROOM.has(codeOf(error))) return error;
  return new UserError(
    `${folder}: ${describeSystemError(error)} while packing, which needs ${formatBytes(bytes)}; free some, or set FACET_CACHE to a folder with more room`,
    { cause: error },
  );
}

/** Errors that a folder on another disk, or with more room, would mend. */
const MENDED_BY_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);
