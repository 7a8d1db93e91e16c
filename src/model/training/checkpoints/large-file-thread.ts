// Room: model/training/checkpoints. What the thread of a large file does. It is started from this function's own text, so that bundles and
// tests need no file for it: it may use nothing but what it asks of node itself.

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

export function largeFileThread(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { dirname } = process.getBuiltinModule('node:path');
  const fs = process.getBuiltinModule('node:fs');
  const os = process.getBuiltinModule('node:os');
  /** Small enough to be written while the hash has it in the processor's cache. */
  const PIECE_BYTES = 1 << 20;
  const NICE = 10;
  const { path, temporary, head, hashAt, parts } = workerData as LargeFileOrder;
  const hashes = createHash('sha256');
  let file: number | undefined;
  let missing = parts;

  const end = (result: LargeFileEnd): void => {
    parentPort!.postMessage(result);
    parentPort!.close();
  };
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      const { code, errno, syscall, message } = error as NodeJS.ErrnoException;
      const opened = file;
      file = undefined; // its number may belong to somebody else from now on
      try {
        if (opened !== undefined) fs.closeSync(opened);
      } catch {
        // the first failure is the one to tell
      }
      try {
        fs.rmSync(temporary, { force: true });
      } catch {
        // it stays until removeTemporaryFiles
      }
      end({ ...(code && { code }), ...(errno && { errno }), ...(syscall && { syscall }), message });
    }
  };
  const write = (bytes: Uint8Array, at: number | null): void => {
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(file!, bytes, done, bytes.length - done, at === null ? null : at + done);
  };
  const finish = (): void => {
    write(Buffer.from(hashes.digest('hex')), hashAt);
    fs.fsyncSync(file!);
    const written = file!;
    file = undefined;
    fs.closeSync(written);
    fs.renameSync(temporary, path);
    const folder = fs.openSync(dirname(path), 'r');
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
    end(null);
  };

  try {
    // Of this thread alone, on Linux: training comes first wherever both want a core.
    os.setPriority(Number(fs.readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // elsewhere it runs as it is
  }
  attempt(() => {
    fs.mkdirSync(dirname(path), { recursive: true });
    file = fs.openSync(temporary, 'wx');
    write(head, null);
    if (missing === 0) finish();
  });
  parentPort!.on('message', (part: Uint8Array) => {
    if (file === undefined) return; // failed before
    attempt(() => {
      const hash = createHash('sha256');
      for (let at = 0; at < part.length; at += PIECE_BYTES) {
        const piece = part.subarray(at, at + PIECE_BYTES);
        hash.update(piece);
        write(piece, null);
      }
      hashes.update(hash.digest());
      missing--;
      if (missing === 0) finish();
    });
  });
}
