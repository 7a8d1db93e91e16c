// Whether a file or folder is another one than when it was looked at last, without opening it.

import { lstatSync, type Stats } from 'node:fs';

/** What lies there itself: of a link, the link. null where there is nothing, or nothing that may be looked at. */
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

/** File systems count time in steps: what is this young may change once more without another time. */
export function isSettled(stat: Stats | null): boolean {
  return stat === null || Date.now() - stat.mtimeMs > UNSETTLED_MS;
}

const UNSETTLED_MS = 100;
