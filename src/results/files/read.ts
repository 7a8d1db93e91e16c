// Every read below results/: plain files only, never through a link, never waiting for a pipe, never more than a limit.

import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { isObject } from '../check-records.ts';
import { describeSystemError, isSystemError } from '../errors.ts';

/** A file that is there and cannot be read. Its message is one line for a person: which file, what was expected, what was found. */
export class UnreadableFile extends UserError {}

/** Opens a plain file, does the work, closes it. Returns null where there is no file. Throws an UnreadableFile. */
export function withPlainFile<T>(path: string, work: (file: number, stat: Stats) => T): T | null {
  try {
    const file = openPlainFile(path);
    if (file === null) return null;
    try {
      return work(file, fstatSync(file));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw asUnreadable(path, error);
  }
}

/** For the caller to close; null where there is no file. Throws an UnreadableFile. */
export function openPlainFile(path: string): number | null {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (stat.isFile()) return file;
    closeSync(file);
    throw new UnreadableFile(`${path}: expected a plain file, found a ${stat.isDirectory() ? 'folder' : 'pipe or device'}`);
  } catch (error) {
    // ENOTDIR: a part of the path is a file
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw asUnreadable(path, error);
  }
}

/** What the system refuses as an UnreadableFile; any other error as it is. */
export function asUnreadable(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const found = error.code === 'ELOOP' ? 'a link' : error.code === 'ENXIO' ? 'a pipe or device' : null;
  if (found !== null) return new UnreadableFile(`${path}: expected a plain file, found ${found}`, { cause: error });
  return new UnreadableFile(`${path}: could not be read: ${describeSystemError(error)}`, { cause: error });
}

/** The whole file; null where there is none. Throws an UnreadableFile, also for one larger than the limit. */
export function readPlainFile(path: string, mostBytes: number): Buffer | null {
  return withPlainFile(path, (file, { size }) => {
    if (size <= mostBytes) return readAt(file, 0, size);
    throw new UnreadableFile(`${path}: expected at most ${mostBytes} bytes, found ${size}`);
  });
}

/** The last bytes of a file, at most so many; empty where there is none or it cannot be read. */
export function readTail(path: string, mostBytes: number): Buffer {
  try {
    const tail = withPlainFile(path, (file, { size }) => readAt(file, Math.max(0, size - mostBytes), Math.min(size, mostBytes)));
    return tail ?? Buffer.alloc(0);
  } catch (error) {
    if (error instanceof UnreadableFile) return Buffer.alloc(0);
    throw error;
  }
}

/** So many bytes from a place on; fewer where the file ends before, which may have been cut since it was measured. */
export function readAt(file: number, start: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let length = 0;
  while (length < count) {
    const read = readSync(file, bytes, length, count - length, start + length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

/**
 * One JSON record, or why it cannot be read, in a line that quotes nothing of the file. A missing file is null without a
 * problem. `is` decides whether the object has the fields that readers rely on; `what` names the record in the problem.
 * With `revive`, "NaN" and "Infinity" are numbers again.
 */
export function readJson<T>(
  path: string,
  is: (value: Record<string, unknown>) => boolean,
  what: string,
  { revive = false, mostBytes = MOST_RECORD_BYTES } = {},
): { value: T | null; problem: string | null } {
  let bytes: Buffer | null;
  try {
    bytes = readPlainFile(path, mostBytes);
  } catch (error) {
    if (error instanceof UnreadableFile) return { value: null, problem: error.message };
    throw error;
  }
  if (bytes === null) return { value: null, problem: null };
  const value = parseRecord(bytes.toString('utf8'), revive);
  if (value !== null && is(value)) return { value: value as T, problem: null };
  const found = bytes.length === 0 ? 'an empty file' : value === null ? 'text that is no JSON object' : 'a JSON object without its fields';
  return { value: null, problem: `${path}: expected ${what}, found ${found}` };
}

/** An experiment.json of 10,000 runs has about 2 MB. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024;

function parseRecord(text: string, revive: boolean): Record<string, unknown> | null {
  try {
    const value = revive ? parseNonFinite(text) : (JSON.parse(text) as unknown);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** JSON in which "NaN" and "Infinity" are numbers. A reviver makes JSON.parse several times slower: only where one is needed. */
export function parseNonFinite(text: string): unknown {
  return /"(NaN|-?Infinity)"/.test(text) ? JSON.parse(text, reviveNonFinite) : JSON.parse(text);
}

/** Undoes what storeNonFinite does to numbers that JSON cannot hold. */
function reviveNonFinite(_key: string, value: unknown): unknown {
  return value === 'NaN' ? Number.NaN : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : value;
}

/** What a folder holds, by name, in any order; none where it cannot be read. */
export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Whether a path lies inside the results folder under its own name. False where a part of it below that folder is a link, or it does not
 * exist.
 */
export function isContained(resultsRoot: string, path: string): boolean {
  const inside = relative(resultsRoot, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) return false;
  try {
    return realpathSync.native(path) === join(realpathSync.native(resultsRoot), inside);
  } catch {
    return false;
  }
}
