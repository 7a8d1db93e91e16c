// What a packed data set says about itself, and where its files are.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LeaseRecord } from '../../../results/records.ts';
import { DataError, type Fault } from '../sources/source.ts';

/** Raised when the layout of the files changes. */
export const PACK_FORMAT = 1;
/** So many faults and notices are kept by name. */
export const NAMED_FAULTS = 20;

export interface PackManifest {
  format: number;
  source: string;
  /** The source's (see `Source`). */
  identity: string;
  count: number;
  imageSize: number;
  /** In label order. */
  attributes: string[];
  /** How many pictures have each attribute, in label order. */
  positives: number[];
  /** Content: of pixels.bin and labels.bin. */
  pixelsSha256: string;
  labelsSha256: string;
  /** Pictures that were listed and could not be used. */
  faults: FaultSummary;
  /** What else is odd about the lists. */
  notices: FaultSummary;
}

export interface FaultSummary {
  count: number;
  first: Fault[];
}

/** The folder of a packed data set: the same for every checkout and process of a user. */
export const packedFolder = (cacheRoot: string, source: string, identity: string): string =>
  join(cacheRoot, 'data', `${source}-${identity}`);
export const manifestFile = (folder: string): string => join(folder, 'manifest.json');
/** uint8 RGB, [count, imageSize, imageSize, 3]. */
export const pixelsFile = (folder: string): string => join(folder, 'pixels.bin');
/** uint8, 0 or 1, [count, attributes.length]. */
export const labelsFile = (folder: string): string => join(folder, 'labels.bin');

/** Beside the packed folder: who packs it now. */
export const leaseFileOf = (folder: string): string => `${folder}.lease.json`;
/** Beside the packed folder, so that a rename finishes it; named after the lease, so that it has one owner. */
export const temporaryFolderOf = (folder: string, lease: LeaseRecord): string => `${folder}.${lease.token}.tmp`;

/** Throws a UserError where the folder is not a whole packed data set, as after damage. Contents are not hashed. */
export function readManifest(folder: string): PackManifest {
  const path = manifestFile(folder);
  let manifest: PackManifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as PackManifest;
  } catch (cause) {
    throw new DataError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (manifest?.format !== PACK_FORMAT || !Array.isArray(manifest.attributes))
    throw new DataError(`${path}: is no manifest of format ${PACK_FORMAT}`);
  const { count, imageSize, attributes } = manifest;
  checkSize(pixelsFile(folder), count * imageSize * imageSize * 3);
  checkSize(labelsFile(folder), count * attributes.length);
  return manifest;
}

function checkSize(path: string, expected: number): void {
  const found = statSync(path, { throwIfNoEntry: false })?.size;
  if (found !== expected) throw new DataError(`${path}: expected ${expected} bytes, found ${found ?? 'no file'}`);
}
