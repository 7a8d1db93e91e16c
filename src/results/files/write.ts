// Every write of a whole file below results/: replaced so that readers see the old or the new content, or new and made lasting later.

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asWriteFailure, writing } from '../errors.ts';
import { makeFolders } from './make-folders.ts';

/**
 * Replaces a file so that a reader sees the old or the new content, also after a power cut. Throws a WriteFailure, and leaves nothing
 * behind.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  writing(path, () => replaceFile(path, typeof content === 'string' ? Buffer.from(content) : content));
}

function replaceFile(path: string, bytes: Uint8Array): void {
  const folder = dirname(path);
  makeFolders(folder);
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw error;
  }
  syncFolder(folder);
}

/**
 * On return readers see the whole file, but only syncFiles lets it survive a power cut. Throws a WriteFailure, and leaves
 * nothing behind. Only for a new file: one that is replaced before its successor is safe could be lost with it.
 */
export function writeNewFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.new.tmp`;
  writing(path, () => {
    makeFolders(dirname(path));
    try {
      writeFileSync(temporary, content);
      renameSync(temporary, path);
    } catch (error) {
      removeIfPossible(temporary);
      throw error;
    }
  });
}

/** Resolves once the files would survive a power cut, which takes a disk some milliseconds. Rejects with a WriteFailure. */
export async function syncFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await sync(path, 'r+');
  for (const folder of new Set(paths.map(dirname))) await sync(folder, 'r');
}

/**
 * syncFiles, begun after a tenth of a second, or when the function returned is called: a disk at work holds up every
 * other write, and those of a run that starts come first.
 */
export function syncFilesSoon(paths: readonly string[]): () => Promise<void> {
  let synced: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    synced ??= syncFiles(paths);
    return synced;
  };
  const timer = setTimeout(() => begin().catch(() => {}), SOON_MS); // a failure is told to who asks
  return () => {
    clearTimeout(timer);
    return begin();
  };
}

const SOON_MS = 100;

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  try {
    const file = await open(path, flags);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asWriteFailure(path, error);
  }
}

/** For a temporary file, after a failure: what goes wrong here must not hide what went wrong before. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // it stays until removeTemporaryFiles
  }
}

/** Removes what a killed process left half-written in a folder. Call only while nobody writes there. */
export function removeTemporaryFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
}

/** In the same folder, so that it can be renamed to the file. */
export const temporaryName = (path: string): string => `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, storeNonFinite, 2)}\n`);
}

/** JSON has no NaN: `JSON.stringify` would write null, which reads as 'not measured'. */
export function storeNonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Also where the system takes only a part at a time. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Makes the names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
