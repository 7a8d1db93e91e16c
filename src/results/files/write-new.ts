// Room: results/files. Files that were not there before: for readers at once, on the disk a moment later.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asWriteFailure, writing } from '../errors.ts';
import { removeIfPossible } from './write.ts';

/**
 * On return readers see the whole file, but only makeLasting lets it survive a power cut. Throws a WriteFailure, and leaves
 * nothing behind. Only for a new file: one that is replaced before its successor is safe could be lost with it.
 */
export function writeNewFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.new.tmp`;
  writing(path, () => {
    mkdirSync(dirname(path), { recursive: true });
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
export async function makeLasting(paths: readonly string[]): Promise<void> {
  for (const path of paths) await sync(path, 'r+');
  for (const folder of new Set(paths.map(dirname))) await sync(folder, 'r');
}

/**
 * makeLasting, begun after a tenth of a second, or when the function returned is called: a disk at work holds up every
 * other write, and those of a run that starts come first.
 */
export function makeLastingSoon(paths: readonly string[]): () => Promise<void> {
  let lasting: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    lasting ??= makeLasting(paths);
    return lasting;
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
