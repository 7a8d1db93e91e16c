// Packs the data set that an experiment names, once for all processes: the first that needs it packs, the others wait and share.

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { UserError } from '../../../experiment/user-error.ts';
import { describeCacheFault } from '../../../results/errors.ts';
import { makeFolders } from '../../../results/files/make-folders.ts';
import { readLiveLease } from '../../../results/leases/lease.ts';
import { makeOnce } from '../../../results/leases/make-once.ts';
import type { LeaseRecord } from '../../../results/records.ts';
import { openSource } from '../sources/index.ts';
import type { Source } from '../sources/source.ts';
import { describeFaults } from './fault-tally.ts';
import { leaseFileOf, packedFolder, pixelsFile, temporaryFolderOf } from './manifest.ts';
import { openPacked, type PackedDataset } from './packed.ts';
import { writePacked } from './write-packed.ts';

/**
 * Opens the packed data set, making it first where it is not there. Safe to interrupt at any moment, and of any
 * number of processes only one packs. Throws a UserError where the data, the cache folder or the free space will not do.
 */
export async function packDataset(dataset: DatasetConfig, options: PackOptions): Promise<PackedDataset> {
  return packSource(await openSource(dataset), dataset, options);
}

export interface PackOptions {
  cacheRoot: string;
  /** Pictures done of all; also called while another process packs. */
  onProgress?: (done: number, total: number) => void;
  /** One line for a person, e.g. that a damaged cache is made again. */
  onNotice?: (notice: string) => void;
  /** Stops the packing; nothing is left behind, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The packings of this process: a lease keeps other processes out, but not a second call in the same one. */
const underWay = new Map<string, Promise<PackedDataset>>();

/** Like `packDataset`, for a source that is open already. `dataset` gives its name, root and image size. */
export async function packSource(source: Source, dataset: DatasetConfig, options: PackOptions): Promise<PackedDataset> {
  const folder = packedFolder(options.cacheRoot, dataset.source, source.identity);
  while (underWay.has(folder)) await underWay.get(folder)!.catch(() => {});
  const packing = packOrShare({ source, dataset, folder, options });
  underWay.set(folder, packing);
  try {
    const packed = await packing;
    for (const notice of describeFaults(packed.manifest)) options.onNotice?.(notice);
    return packed;
  } finally {
    underWay.delete(folder);
  }
}

interface Job {
  source: Source;
  dataset: DatasetConfig;
  folder: string;
  options: PackOptions;
}

async function packOrShare(job: Job): Promise<PackedDataset> {
  const { source, dataset, folder, options } = job;
  makeFolder(dirname(folder));
  return makeOnce({
    leaseFile: leaseFileOf(folder),
    find: (isHolder) => tryOpen(folder, isHolder ? options.onNotice : undefined),
    make: (lease) => packAsHolder(job, lease),
    watch(holder) {
      const done = countPictures(temporaryFolderOf(folder, holder), dataset.imageSize);
      options.onProgress?.(Math.min(done, source.total), source.total);
      return done;
    },
    idleness: 'packed nothing',
    signal: options.signal,
  });
}

async function packAsHolder({ source, dataset, folder, options }: Job, lease: LeaseRecord): Promise<PackedDataset> {
  const temporary = temporaryFolderOf(folder, lease);
  try {
    removeStaleFolders(dirname(folder));
    rmSync(folder, { recursive: true, force: true });
    await writePacked(source, { dataset, folder, temporary, onProgress: options.onProgress, signal: options.signal });
    return openPacked(folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Removes the folders that interrupted packers of any data set left in this one. Files stay: one with such a name is a lease that another
 * process is writing at this moment.
 */
function removeStaleFolders(dataFolder: string): void {
  for (const entry of readdirSync(dataFolder, { withFileTypes: true })) {
    const [, name, token] = /^(.+)\.([0-9a-f]+)\.tmp$/.exec(entry.name) ?? [];
    if (!entry.isDirectory() || !name || readLiveLease(leaseFileOf(join(dataFolder, name)))?.token === token) continue;
    rmSync(join(dataFolder, entry.name), { recursive: true, force: true });
  }
}

/** Undefined where nothing is there, or where it is damaged. */
function tryOpen(folder: string, onNotice?: (notice: string) => void): PackedDataset | undefined {
  if (!existsSync(folder)) return undefined;
  try {
    return openPacked(folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNotice?.(`The packed data is damaged and is made again (${error.message}).`);
    return undefined;
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (cause) {
    throw new UserError(describeCacheFault(folder, cause), { cause });
  }
}

/** How far another process is, from what it has written. */
function countPictures(temporary: string, imageSize: number): number {
  const bytes = statSync(pixelsFile(temporary), { throwIfNoEntry: false })?.size ?? 0;
  return Math.floor(bytes / (imageSize * imageSize * 3));
}
