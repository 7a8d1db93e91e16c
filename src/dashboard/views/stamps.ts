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

/** Whether nothing of this kind has been written or renamed for ten seconds: then hardly anything will be, as of a run that has ended. */
export function isOld(stat: Stats | null): boolean {
  return stat === null || Date.now() - Math.max(stat.mtimeMs, stat.ctimeMs) > OLD_MS;
}

const OLD_MS = 10_000;

/**
 * When to look at all files of a run that has ended and whose folder is as it was: what is renamed into a folder changes that, what is
 * written in place does not. Seldom, and not for all runs at once.
 */
export class Rest {
  readonly #offsetMs = Math.random() * SPREAD_MS;
  #stamp = '';
  #untilMs = 0;

  /** Whether the files may be left alone. `stamp`: of the run's folder. */
  lasts(stamp: string): boolean {
    return stamp !== '' && stamp === this.#stamp && performance.now() < this.#untilMs;
  }

  /** All have been looked at. `mayRest`: the run has ended and none of them is young. */
  begin(stamp: string, mayRest: boolean): void {
    this.#stamp = mayRest ? stamp : '';
    this.#untilMs = performance.now() + REST_MS + this.#offsetMs;
  }
}

const REST_MS = 14_000;
const SPREAD_MS = 6000;
