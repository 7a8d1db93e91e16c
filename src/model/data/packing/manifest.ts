// What a packed data set says about itself, and where its files are.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LeaseRecord } from '../../../results/records.ts';
import { DataError, type Fault } from '../sources/source.ts';

/** Raised when the layout of the files changes. */
export const PACK_FORMAT = 1;
/** Raised when pictures are accepted that were left out before. 2: whole JPEGs with a flaw in a header, TIFF, AVIF. */
export const READING = 2;
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
  /** With which READING; absent in packs of former versions: 1. */
  reading?: number;
  /** SHA-256 of contents.bin, the content of all files; null where there are no files. Absent in packs of former versions. */
  filesSha256?: string | null;
  /** Pictures that were smaller than asked for, and enlarged. Absent in packs of former versions. */
  enlarged?: number;
  /** Pictures whose file could not be used. In packs of former versions: rows that could not be used as well. */
  faults: FaultSummary;
  /** What else is odd about the lists. */
  notices: FaultSummary;
}

export interface FaultSummary {
  count: number;
  first: Fault[];
}

export const manifestFile = (folder: string): string => join(folder, 'manifest.json');
/** uint8 RGB, [count, imageSize, imageSize, 3]. */
export const pixelsFile = (folder: string): string => join(folder, 'pixels.bin');
/** uint8, 0 or 1, [count, attributes.length]. */
export const labelsFile = (folder: string): string => join(folder, 'labels.bin');

/** SHA-256 of each file, [pictures listed, 32]; 0 of one that could not be read. Only where the pictures are files. */
export const contentsFile = (folder: string): string => join(folder, 'contents.bin');
/** All faults of the manifest. */
export const faultsFile = (folder: string): string => join(folder, 'faults.json');
/** Each picture that is left out and each oddity of the lists, a line each; as of the last start. */
export const leftOutFile = (folder: string): string => join(folder, 'left-out.txt');
/** The stamps of the files at a place when their content was last known to be that of contents.bin, a line each. */
export const stampsFile = (folder: string, placeHash: string): string => join(folder, `stamps-${placeHash}.txt`);

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
