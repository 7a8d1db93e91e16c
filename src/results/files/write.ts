// Room: results/files. Every write into results/: atomic replacement for records, one append a batch for metrics.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writing } from '../errors.ts';
import type { EvaluationRecord, MetricsRecord } from '../records.ts';
import { lengthUpToStep } from './cut-lines.ts';

/** Replaces a file so that a reader sees the old or the new content, also after a power cut. Throws a WriteFailure, and leaves nothing behind. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  writing(path, () => replaceFile(path, typeof content === 'string' ? Buffer.from(content) : content));
}

function replaceFile(path: string, bytes: Uint8Array): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw error;
  }
  syncFolder(folder);
}

/** For a temporary file, after a failure: what goes wrong here must not hide what went wrong before. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // it stays until removeTemporaryFiles
  }
}

/** Removes what a killed process left half-written in a folder. Call only while nobody writes there. */
export function removeTemporaryFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
}

/** In the same folder, so that it can be renamed to the file. */
export const temporaryName = (path: string): string => `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, storeNonFinite, 2)}\n`);
}

/**
 * Appends records of steps, a line each. Of an existing file it keeps the whole lines up to the last record of at most
 * `lastStep`. Throws a WriteFailure; what was synced before is not touched by it.
 */
class StepLinesWriter<T extends { step: number }> {
  readonly #path: string;
  readonly #file: number;

  constructor(path: string, lastStep: number) {
    this.#path = path;
    this.#file = writing(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
      ftruncateSync(file, lengthUpToStep(readWhole(file), lastStep));
      syncFolder(dirname(path)); // the file's name is to be as safe as what is synced into it
      return file;
    });
  }

  /** In one write. */
  append(records: readonly T[]): void {
    if (records.length === 0) return;
    const lines = Buffer.from(records.map((r) => `${JSON.stringify(r, storeNonFinite)}\n`).join(''));
    writing(this.#path, () => writeAll(this.#file, lines));
  }

  sync(): void {
    writing(this.#path, () => fsyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }
}

export class MetricsWriter extends StepLinesWriter<MetricsRecord> {}
export class EvaluationsWriter extends StepLinesWriter<EvaluationRecord> {}

/** JSON has no NaN: `JSON.stringify` would write null, which reads as 'not measured'. */
export function storeNonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function readWhole(file: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(file).size);
  for (let at = 0; at < bytes.length; ) {
    const count = readSync(file, bytes, at, bytes.length - at, at);
    if (count === 0) return bytes.subarray(0, at);
    at += count;
  }
  return bytes;
}
