// The thread that writes one large file: started by large-file.ts with a LargeFileOrder, sent the file's parts one by one, ended by itself.
// A bundle of its own: scripts/build.js.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readlinkSync, renameSync, rmSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { makeFolders } from '../../../results/files/make-folders.ts';

export interface LargeFileOrder {
  path: string;
  temporary: string;
  /** The file's first bytes. At `hashAt` it has room for 64 characters. */
  head: Uint8Array;
  hashAt: number;
  /** How many parts will come, as messages, in order. */
  parts: number;
}

/** How it ended: null, or what the system said. */
export type LargeFileEnd = { code?: string; errno?: number; syscall?: string; message: string } | null;

/** Small enough to be written while the hash has it in the processor's cache. */
const PIECE_BYTES = 1 << 20;
const NICE = 10;

const { path, temporary, head, hashAt, parts } = workerData as LargeFileOrder;
const hashOfHashes = createHash('sha256');
let file: number | undefined;
let missing = parts;

yieldToTraining();
attempt(() => {
  makeFolders(dirname(path));
  file = openSync(temporary, 'wx');
  write(head, null);
  if (missing === 0) finish();
});
parentPort!.on('message', (part: Uint8Array) => {
  if (file === undefined) return; // failed before
  attempt(() => {
    writePart(part);
    missing--;
    if (missing === 0) finish();
  });
});

/** On Linux a priority may be of one thread alone: training comes first wherever both want a core. */
function yieldToTraining(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // elsewhere it runs as it is
  }
}

function writePart(part: Uint8Array): void {
  const hash = createHash('sha256');
  for (let at = 0; at < part.length; at += PIECE_BYTES) {
    const piece = part.subarray(at, at + PIECE_BYTES);
    hash.update(piece);
    write(piece, null);
  }
  hashOfHashes.update(hash.digest());
}

/** At a place in the file; null: after what was written last. */
function write(bytes: Uint8Array, at: number | null): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file!, bytes, done, bytes.length - done, at === null ? null : at + done);
}

function finish(): void {
  write(Buffer.from(hashOfHashes.digest('hex')), hashAt);
  fsyncSync(file!);
  const written = file!;
  file = undefined;
  closeSync(written);
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  end(null);
}

/** Does the work; where it fails, removes the temporary file and ends with what the system said. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    const { code, errno, syscall, message } = error as NodeJS.ErrnoException;
    const opened = file;
    file = undefined; // its number may belong to somebody else from now on
    try {
      if (opened !== undefined) closeSync(opened);
    } catch {
      // the first failure is the one to tell
    }
    try {
      rmSync(temporary, { force: true });
    } catch {
      // it stays until removeTemporaryFiles
    }
    end({ ...(code && { code }), ...(errno && { errno }), ...(syscall && { syscall }), message });
  }
}

function end(result: LargeFileEnd): void {
  parentPort!.postMessage(result);
  parentPort!.close();
}
