// Room: results. A file that was not there before, for readers at once, while the disk still takes it in.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeIfPossible } from './write.ts';
import { asWriteFailure, writing } from './write-failure.ts';

/**
 * Returns once readers see the whole file; the promise resolves once it would survive a power cut, which takes the disk
 * some milliseconds. Throws a WriteFailure, and leaves nothing behind; the promise rejects with one.
 *
 * Only for a new file: one that is replaced before its successor is safe could be lost with it.
 */
export function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
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
  const lasting = makeLasting(path);
  lasting.catch(() => {}); // a caller that fails meanwhile has its own error to tell
  return lasting;
}

async function makeLasting(path: string): Promise<void> {
  try {
    await sync(path, 'r+');
    await sync(dirname(path), 'r');
  } catch (error) {
    throw asWriteFailure(path, error);
  }
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
