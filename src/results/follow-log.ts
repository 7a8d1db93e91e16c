// Room: results. The text of a run's log, from its beginning on, while a process goes on writing it.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { logFile } from './paths.ts';

const CHUNK_BYTES = 256 * 1024;

/** Returns a function that gives what was written since its last call, at most 256 KiB; '' where there is nothing new. */
export function createLogReader(folder: string): () => string {
  let offset = 0;
  let inode: number | null = null;
  let decoder = new StringDecoder('utf8');
  const bytes = Buffer.alloc(CHUNK_BYTES);
  return () => {
    let file: number;
    try {
      file = openSync(logFile(folder), constants.O_RDONLY | constants.O_NONBLOCK); // a pipe in its place does not hold us up
    } catch {
      return '';
    }
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return '';
      if (stat.ino !== inode || stat.size < offset) {
        offset = 0; // another file: the run was begun anew
        decoder = new StringDecoder('utf8');
      }
      inode = stat.ino;
      const length = readSync(file, bytes, 0, CHUNK_BYTES, offset);
      offset += length;
      return decoder.write(bytes.subarray(0, length));
    } finally {
      closeSync(file);
    }
  };
}
