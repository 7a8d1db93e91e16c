// Whether a packed data set still holds what its files hold. Their stamps are compared at every start, which reads no file; where a stamp is
// another, the content of that file is hashed and compared with what was packed.

import { createHash, hash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as afterOthers } from 'node:timers/promises';
import { writeFileAtomic } from '../../../results/files/write.ts';
import type { Source, SourceFiles } from '../sources/source.ts';
import { contentsFile, type PackManifest, READING, stampsFile } from './manifest.ts';

const SHA256_BYTES = 32;
/** Files that are hashed in one go; a stop is followed between. */
const BATCH = 64;

/** What a pack that is there is worth. 'outdated': it has to be packed again. 'touched': only the content of its files can tell. */
export type Freshness = 'fresh' | 'touched' | 'outdated';

/** Reads no picture. */
export function assessPack(folder: string, { reading = 1, filesSha256, faults }: PackManifest, { files }: Source): Freshness {
  if (files === undefined) return 'fresh'; // the identity says all
  if (typeof filesSha256 !== 'string') return 'outdated'; // of a former version, which did not look at contents
  if (reading < READING && faults.count > 0) return 'outdated';
  return readStamps(folder, files)?.equals(writeLines(files.stamps)) ? 'fresh' : 'touched';
}

interface Options {
  /** Called after so many more files were hashed. */
  onHashed?: (files: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * What the files hold today, as contents.bin says it, and how many of them that makes other than when they were packed. Only files whose
 * stamp is another are read. Rejects with the signal's reason.
 */
export async function readContents(
  folder: string,
  files: SourceFiles,
  { onHashed, signal }: Options,
): Promise<{ contents: Buffer; changed: number }> {
  const packed = readFileSync(contentsFile(folder));
  const contents = Buffer.alloc(files.stamps.length * SHA256_BYTES);
  const isWhole = packed.length === contents.length;
  if (isWhole) packed.copy(contents);
  const known = (isWhole && readStamps(folder, files)?.toString('utf8').split('\n')) || [];
  const touched = [...files.stamps.keys()].filter((i) => files.stamps[i] !== known[i]);
  let changed = 0;
  for (let from = 0; from < touched.length; from += BATCH) {
    const batch = touched.slice(from, from + BATCH);
    for (const i of batch) {
      const place = contents.subarray(i * SHA256_BYTES, (i + 1) * SHA256_BYTES);
      const content = await hashFile(files, i);
      if (content.equals(place)) continue;
      content.copy(place);
      changed++;
    }
    onHashed?.(batch.length);
    await afterOthers();
    signal?.throwIfAborted();
  }
  return { contents, changed };
}

/** While contents are hashed: a byte for each file that has been, so that other processes see this one at work. */
export const progressFile = (temporary: string): string => join(temporary, 'compared');

/** Says that the files are, as they are stamped now, those that were packed. */
export function writeStamps(folder: string, files: SourceFiles): void {
  writeFileAtomic(stampsFile(folder, hashPlace(files)), writeLines(files.stamps));
}

function readStamps(folder: string, files: SourceFiles): Buffer | null {
  try {
    return readFileSync(stampsFile(folder, hashPlace(files)));
  } catch {
    return null;
  }
}

const writeLines = (stamps: readonly string[]): Buffer => Buffer.from(stamps.join('\n'));

/** A copy of a data set elsewhere has the same pack and its own stamps. */
function hashPlace({ place }: SourceFiles): string {
  return createHash('sha256').update(realpathSync(place)).digest('hex').slice(0, 12);
}

async function hashFile(files: SourceFiles, index: number): Promise<Buffer> {
  try {
    const bytes = await files.read(index);
    if (bytes !== undefined) return hash('sha256', bytes, 'buffer');
  } catch {
    // as when it was packed
  }
  return Buffer.alloc(SHA256_BYTES);
}
