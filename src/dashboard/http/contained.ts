// Room: dashboard/http. The one check that every file goes through before a byte of it is shown: it lies inside the results
// folder under its own name, and no part of its path is a link.

import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

/** False for a path that leads out of the folder or through a link; also for one that does not exist. */
export function isContained(resultsRoot: string, path: string): boolean {
  const inside = relative(resultsRoot, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) return false;
  try {
    return realpathSync.native(path) === join(realpathSync.native(resultsRoot), inside);
  } catch {
    return false;
  }
}

/** The bytes of a plain file inside the results folder; null for anything else. */
export function readContained(resultsRoot: string, path: string): Buffer | null {
  if (!isContained(resultsRoot, path)) return null;
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    return stat.isFile() && stat.size <= MAX_PICTURE_BYTES ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}
