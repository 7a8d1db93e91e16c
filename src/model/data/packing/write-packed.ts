// Streams a source into a packed folder: beside its place first, then renamed into it whole.

import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { formatBytes } from '../../../experiment/units.ts';
import { UserError } from '../../../experiment/user-error.ts';
import { formerFolderOf } from '../../../machine/cache-root.ts';
import { codeOf, describeSystemError } from '../../../results/errors.ts';
import { writeJsonAtomic } from '../../../results/files/write.ts';
import type { Fault, Source } from '../sources/source.ts';
import { createFaultTally } from './fault-tally.ts';
import { writeStamps } from './freshness.ts';
import {
  contentsFile,
  faultsFile,
  labelsFile,
  manifestFile,
  NAMED_FAULTS,
  PACK_FORMAT,
  type PackManifest,
  pixelsFile,
  READING,
} from './manifest.ts';

interface Options {
  dataset: DatasetConfig;
  /** Where the packed data set is to be. */
  folder: string;
  /** What is there: the content of its pixels; null: nothing that is whole. */
  former: Pick<PackManifest, 'pixelsSha256'> | null;
  /** Beside it; left to the caller to remove where this rejects. */
  temporary: string;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * What is there already is kept aside where its pixels are others, so that runs which began with them can go on. Throws a UserError where
 * more pictures are unusable than `dataset` allows, or all, or the disk is full.
 */
export async function writePacked(source: Source, options: Options): Promise<void> {
  const { dataset, folder, former, temporary } = options;
  const bytes = source.total * (dataset.imageSize ** 2 * 3 + source.attributes.length);
  checkFreeSpace(dirname(folder), bytes);
  try {
    mkdirSync(temporary);
    const manifest = await writeContents(source, options);
    writeJsonAtomic(manifestFile(temporary), manifest);
    if (source.files) writeStamps(temporary, source.files);
    if (former && former.pixelsSha256 !== manifest.pixelsSha256) setAside(folder, former);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    throw explainWriteError(error, { folder: dirname(folder), bytes });
  }
}

function setAside(folder: string, { pixelsSha256 }: Pick<PackManifest, 'pixelsSha256'>): void {
  const place = formerFolderOf(folder, pixelsSha256);
  if (!existsSync(place)) renameSync(folder, place);
}

async function writeContents(source: Source, { dataset, temporary, onProgress, signal }: Options): Promise<PackManifest> {
  const { attributes, identity, total, faults, notices } = source;
  const tally = createFaultTally(dataset, total);
  await using pixels = await createHashedFile(pixelsFile(temporary));
  await using labels = await createHashedFile(labelsFile(temporary));
  await using contents = source.files ? await createHashedFile(contentsFile(temporary)) : null;
  const broken: Fault[] = [];
  let enlarged = 0;
  const positives = new Array<number>(attributes.length).fill(0);
  let count = 0;
  onProgress?.(0, total);
  tally.add(faults, 0);
  for await (const chunk of source.read()) {
    signal?.throwIfAborted();
    count += chunk.labels.length / attributes.length;
    tally.add(chunk.faults, count);
    broken.push(...chunk.faults);
    enlarged += chunk.enlarged ?? 0;
    await Promise.all([pixels.write(chunk.pixels), labels.write(chunk.labels), chunk.contents && contents?.write(chunk.contents)]);
    for (let i = 0; i < chunk.labels.length; i++) positives[i % attributes.length]! += chunk.labels[i]!;
    onProgress?.(count + tally.count, total);
  }
  tally.finish(count);
  if (broken.length > 0) writeFileSync(faultsFile(temporary), JSON.stringify(broken));
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
    reading: READING,
    filesSha256: contents && (await contents.finish()),
    enlarged,
    faults: { count: broken.length, first: broken.slice(0, NAMED_FAULTS) },
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
