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

/** Size and time, as text; empty where there is nothing. */
export function stampOf(path: string): string {
  return stampOfStat(statOf(path));
}

export function stampOfStat(stat: Stats | null): string {
  return stat === null ? '' : `${stat.size.toString(36)}-${Math.round(stat.mtimeMs * 1000).toString(36)}`;
}

/** Times of files are coarse: a file that is younger than this may change again and keep its time. */
export function isSettled(stat: Stats | null): boolean {
  return stat === null || Date.now() - stat.mtimeMs > UNSETTLED_MS;
}

const UNSETTLED_MS = 100;
