// Room: results/files. A folder that results can be written to, or one line on why there is none.

import { accessSync, constants, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';

/** Makes the folder and those above it where they are missing. Throws a UserError where that cannot be, or nothing could be written there. */
export function requireWritableFolder(path: string): void {
  const stat = statOf(path);
  if (!stat) {
    if (dirname(path) !== path) requireWritableFolder(dirname(path));
    makeFolder(path);
  } else if (!stat.isDirectory()) {
    throw new UserError(`${path}: expected a folder for the results, found a file. ${ADVICE}`);
  }
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UserError(`${path}: expected a folder that can be written to, ${explain(error)}. ${ADVICE}`, { cause: error });
  }
}

/** A folder to read results from: it may be missing, but nothing else may be in its place. Throws a UserError. */
export function requireNoFile(path: string): void {
  if (path === '') throw new UserError('--results: expected a folder, got nothing');
  const stat = statOf(path);
  if (stat && !stat.isDirectory()) throw new UserError(`${path}: expected a folder of results, found a file. ${ADVICE}`);
}

const ADVICE = 'Name another folder with --results';

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UserError(`${path}: expected a folder for the results, ${explain(error)}. ${ADVICE}`, { cause: error });
  }
}

/** One level at a time: Node's recursive mkdir never returns where the system makes no folders at all, as under /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statOf(path)?.isDirectory()) return; // somebody else was quicker
    throw new UserError(`${path}: expected a folder for the results, and it cannot be made: ${explain(error)}. ${ADVICE}`, {
      cause: error,
    });
  }
}

function explain(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}

const REASONS: Record<string, string> = {
  EACCES: 'the system does not allow it (EACCES)',
  EPERM: 'the system does not allow it (EPERM)',
  EROFS: 'the file system is read-only (EROFS)',
  ENOENT: 'this file system makes no folders (ENOENT)',
  EEXIST: 'a link that leads nowhere is in its place (EEXIST)',
  ENOTDIR: 'a part of its path is a file (ENOTDIR)',
  ENOSPC: 'the disk is full (ENOSPC)',
  EDQUOT: 'the quota is used up (EDQUOT)',
  ENAMETOOLONG: 'its name is too long (ENAMETOOLONG)',
  ELOOP: 'its links lead in a circle (ELOOP)',
};
