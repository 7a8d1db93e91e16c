// Room: results/files. Reads a file, or its end, as it is at this moment, while somebody else may be appending to it.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A file from a byte that may depend on its size; empty where it does not exist, or is no file. */
export function readBytes(path: string, from: (size: number) => number): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const about = fstatSync(file);
    if (!about.isFile()) return Buffer.alloc(0);
    const { size } = about;
    const start = from(size);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(file, bytes, length, bytes.length - length, start + length);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
