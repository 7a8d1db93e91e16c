// Writes files of hundreds of megabytes atomically, in a thread of their own that yields to the caller's work.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { asWriteFailure } from '../../../results/errors.ts';
import { temporaryName } from '../../../results/files/write.ts';
import type { LargeFileEnd, LargeFileOrder } from './large-file-thread.ts';

export interface LargeFile {
  /** Hands the next part over: its buffer moves to the thread and can no longer be used. Returns at once. */
  append(part: Uint8Array<ArrayBuffer>): void;
  /** Resolves once all parts are on disk under the file's name. Rejects with a WriteFailure, with nothing left behind. */
  written: Promise<void>;
  /** Where the parts cannot all come: ends the thread. Its temporary file stays until removeTemporaryFiles. */
  abandon(): void;
}

/**
 * Begins a file of a head and `parts` parts. At `hashAt` in the head goes the SHA-256 of the SHA-256s of the parts, in
 * hexadecimal: 64 bytes. A reader sees the old file or the new one, whole, also after a power cut.
 */
export function beginLargeFile(path: string, file: Omit<LargeFileOrder, 'path' | 'temporary'>): LargeFile {
  const workerData: LargeFileOrder = { ...file, path, temporary: temporaryName(path) };
  const thread = new Worker(join(FACET_WORKERS, 'large-file.mjs'), { workerData, execArgv: [] });
  const written = new Promise<void>((resolve, reject) => {
    thread.once('message', (end: LargeFileEnd) => {
      if (end === null) resolve();
      else reject(asWriteFailure(path, Object.assign(new Error(end.message), end)));
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error(`${path}: the thread that writes it ended early`)));
  });
  written.catch(() => {}); // told to whoever awaits it
  return {
    append: (part) => thread.postMessage(part, [part.buffer]),
    written,
    abandon: () => void thread.terminate(),
  };
}
