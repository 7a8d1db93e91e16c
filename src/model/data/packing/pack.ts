// Packs the data set that an experiment names, once for all processes: the first that needs it packs, the others wait and share.

import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { plural } from '../../../experiment/units.ts';
import { UserError } from '../../../experiment/user-error.ts';
import { packedFolder } from '../../../machine/cache-root.ts';
import { describeCacheFault } from '../../../results/errors.ts';
import { makeFolders } from '../../../results/files/make-folders.ts';
import { readLiveLease } from '../../../results/leases/lease.ts';
import { makeOnce } from '../../../results/leases/make-once.ts';
import type { LeaseRecord } from '../../../results/records.ts';
import { openSource } from '../sources/index.ts';
import type { Source } from '../sources/source.ts';
import { createFaultTally } from './fault-tally.ts';
import { assessPack, progressFile, readContents, writeStamps } from './freshness.ts';
import { describeLeftOut, type LeftOut, listLeftOut } from './left-out.ts';
import { leaseFileOf, pixelsFile, temporaryFolderOf } from './manifest.ts';
import { openPacked, type PackedDataset } from './packed.ts';
import { writePacked } from './write-packed.ts';

/** Packed and compared with its source. */
export interface PackedSource extends PackedDataset {
  leftOut: LeftOut;
}

/**
 * Opens the packed data set, making it first where it is not there, or where its pictures have changed since. Safe to interrupt at any
 * moment, and of any number of processes only one packs. Throws a UserError where the data, the cache folder or the free space will not do.
 */
export async function packDataset(dataset: DatasetConfig, options: PackOptions): Promise<PackedSource> {
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
export async function packSource(source: Source, dataset: DatasetConfig, options: PackOptions): Promise<PackedSource> {
  const folder = packedFolder(options.cacheRoot, dataset.source, source.identity);
  while (underWay.has(folder)) await underWay.get(folder)!.catch(() => {});
  const packing = packOrShare({ source, dataset, folder, options });
  underWay.set(folder, packing);
  try {
    return checkLeftOut(await packing, source, { dataset, options });
  } finally {
    underWay.delete(folder);
  }
}

/** Data that is packed already is accepted as it would be if it were packed now. */
function checkLeftOut(packed: PackedDataset, source: Source, { dataset, options }: Pick<Job, 'dataset' | 'options'>): PackedSource {
  const leftOut = listLeftOut(packed.folder, packed.manifest, source, { writes: true });
  try {
    createFaultTally(dataset, source.total).add(leftOut.faults, packed.count);
  } catch (error) {
    packed.close();
    throw error;
  }
  for (const notice of describeLeftOut(leftOut, packed.count)) options.onNotice?.(notice);
  return { ...packed, leftOut };
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
    find: (isHolder) => findFresh(job, isHolder ? options.onNotice : undefined),
    make: (lease) => packAsHolder(job, lease),
    watch(holder) {
      const temporary = temporaryFolderOf(folder, holder);
      const done = countPictures(temporary, dataset.imageSize);
      options.onProgress?.(Math.min(done, source.total), source.total);
      return done + sizeOf(progressFile(temporary));
    },
    idleness: 'packed nothing',
    signal: options.signal,
  });
}

async function packAsHolder({ source, dataset, folder, options }: Job, lease: LeaseRecord): Promise<PackedDataset> {
  const temporary = temporaryFolderOf(folder, lease);
  const former = tryOpen(folder);
  former?.close();
  try {
    removeStaleFolders(dirname(folder));
    if (former && (await isUnchanged(former, { source, temporary, options }))) return openPacked(folder);
    rmSync(temporary, { recursive: true, force: true });
    await writePacked(source, {
      dataset,
      folder,
      former: former?.manifest ?? null,
      temporary,
      onProgress: options.onProgress,
      signal: options.signal,
    });
    return openPacked(folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Whether the files hold what was packed, though they are stamped otherwise. Says where they do not. */
async function isUnchanged(
  { folder, manifest }: PackedDataset,
  { source, temporary, options }: Pick<Job, 'source' | 'options'> & { temporary: string },
): Promise<boolean> {
  if (assessPack(folder, manifest, source) === 'outdated') {
    options.onNotice?.('The packed data is of a former version of Facet and is made again.');
    return false;
  }
  mkdirSync(temporary);
  const onHashed = (files: number) => appendFileSync(progressFile(temporary), Buffer.alloc(files));
  const { changed } = await readContents(folder, source.files!, { onHashed, signal: options.signal });
  if (changed > 0)
    options.onNotice?.(
      `${changed} of ${plural(source.total, 'picture')} ${changed === 1 ? 'has' : 'have'} changed since they were packed; they are packed again.`,
    );
  else writeStamps(folder, source.files!);
  return changed === 0;
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

/** Undefined where nothing is there, where it is damaged, or where its files may hold something else by now. */
function findFresh({ source, folder }: Job, onNotice?: (notice: string) => void): PackedDataset | undefined {
  const packed = tryOpen(folder, onNotice);
  if (packed === undefined || assessPack(folder, packed.manifest, source) === 'fresh') return packed;
  packed.close();
  return undefined;
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
  return Math.floor(sizeOf(pixelsFile(temporary)) / (imageSize * imageSize * 3));
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
