// Room: results. Every write into results/: atomic replacement for records, one append a batch for metrics.

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
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EvaluationRecord, MetricsRecord } from './records.ts';

/** Replaces a file so that a reader sees the old or the new content, also after a power cut. Throws the system's error (ENOSPC, …) with nothing left behind. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = temporaryName(path);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file = openSync(temporary, 'wx');
  try {
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** As writeFileAtomic, for hundreds of megabytes: the thread is free while the system writes. The parts follow each other in the file. */
export async function writeLargeFileAtomic(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx');
    try {
      await writeParts(file, parts);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** In one call of the system as a rule: each further one would wait for the thread. */
async function writeParts(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  let rest = [...parts];
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest.slice(0, MOST_PARTS));
    while (rest.length > 0 && bytesWritten >= rest[0]!.length) bytesWritten -= rest.shift()!.length;
    if (bytesWritten > 0) rest = [rest[0]!.subarray(bytesWritten), ...rest.slice(1)];
  }
}

const MOST_PARTS = 1000; // Linux takes 1024

/** Removes what a killed process left half-written in a folder. Call only while nobody writes there. */
export function removeTemporaryFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
}

const temporaryName = (path: string): string => `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, storeNonFinite, 2)}\n`);
}

/** Appends records of steps, a line each; keeps only whole lines of steps up to `lastStep` when it opens an existing file. */
class StepLinesWriter<T extends { step: number }> {
  readonly #file: number;

  constructor(path: string, lastStep: number) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    ftruncateSync(this.#file, lengthUpToStep(readWhole(this.#file), lastStep));
  }

  /** In one write. */
  append(records: readonly T[]): void {
    if (records.length === 0) return;
    writeAll(this.#file, Buffer.from(records.map((r) => `${JSON.stringify(r, storeNonFinite)}\n`).join('')));
  }

  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export class MetricsWriter extends StepLinesWriter<MetricsRecord> {}
export class EvaluationsWriter extends StepLinesWriter<EvaluationRecord> {}

/** JSON has no NaN: `JSON.stringify` would write null, which reads as 'not measured'. */
function storeNonFinite(_key: string, value: unknown): unknown {
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

/** Bytes of the leading lines whose step is at most `lastStep`; a torn or unreadable line ends them. */
function lengthUpToStep(bytes: Buffer, lastStep: number): number {
  let start = 0;
  for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
    const step = stepOf(bytes.toString('utf8', start, end));
    if (step === undefined || step > lastStep) return start;
    start = end + 1;
  }
  return start;
}

function stepOf(line: string): number | undefined {
  try {
    const step: unknown = JSON.parse(line).step;
    return typeof step === 'number' ? step : undefined;
  } catch {
    return undefined;
  }
}
