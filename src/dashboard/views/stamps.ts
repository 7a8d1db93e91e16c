// Tells whether a file or folder has changed since the last look, without opening it.

import { lstatSync, type Stats } from 'node:fs';

/** Facts about the entry itself, so about a link and not its target. null where there is none, or the system refuses. */
export function statOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** Size, inode, and times of its content and of its permissions, as text; empty where there is nothing. */
export function stampOf(path: string): string {
  return stampOfStat(statOf(path));
}

export function stampOfStat(stat: Stats | null): string {
  if (stat === null) return '';
  const { size, ino, mtimeMs, ctimeMs } = stat;
  return [size, ino, Math.round(mtimeMs * 1000), Math.round(ctimeMs * 1000)].map((number) => number.toString(36)).join('-');
}

/** Times of files are coarse: a file that is younger than this may change again and keep its time. */
export function isSettled(stat: Stats | null): boolean {
  return stat === null || Date.now() - stat.mtimeMs > UNSETTLED_MS;
}

const UNSETTLED_MS = 100;
