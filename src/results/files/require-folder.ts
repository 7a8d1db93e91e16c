// A folder that results can be written to, or one line on why there is none.

import { accessSync, constants, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeFolderFault, describeSystemError, isSystemError, ResultsFolderError } from '../errors.ts';

/**
 * Makes the folder and those above it where they are missing. Throws a ResultsFolderError where that fails, or nothing could be written
 * there.
 */
export function requireWritableFolder(path: string): void {
  const stat = statOf(path);
  if (!stat) {
    if (dirname(path) !== path) requireWritableFolder(dirname(path));
    makeFolder(path);
  } else if (!stat.isDirectory()) {
    throw new ResultsFolderError(`${path}: expected a folder for the results, found a file`);
  }
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ResultsFolderError(`${path}: expected a folder that can be written to, ${describeSystemError(error)}`, { cause: error });
  }
}

/** A folder to read results from: it may be missing, but nothing else may be in its place. Throws a ResultsFolderError. */
export function requireNoFile(path: string): void {
  if (path === '') throw new ResultsFolderError('expected a folder of results, got no name');
  const stat = statOf(path);
  if (stat && !stat.isDirectory()) throw new ResultsFolderError(`${path}: expected a folder of results, found a file`);
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw new ResultsFolderError(`${path}: expected a folder for the results, ${describeSystemError(error)}`, { cause: error });
  }
}

/** One level at a time: Node's recursive mkdir never returns where the system makes no folders at all, as under /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = isSystemError(error) ? error.code : '';
    if (code === 'EEXIST' && statOf(path)?.isDirectory()) return; // another process made it meanwhile
    throw new ResultsFolderError(`${path}: expected a folder for the results, and it cannot be made: ${describeFolderFault(error)}`, {
      cause: error,
    });
  }
}
