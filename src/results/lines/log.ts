// log.txt of a run: its end, and its text from the beginning on while a process goes on writing it.

import { StringDecoder } from 'node:string_decoder';
import { readAt, readTail, UnreadableFile, withPlainFile } from '../files/read.ts';
import { logFile } from '../paths.ts';

const MOST_BYTES = 256 * 1024;

/** The last lines, of at most the last 256 KiB. Of a line drawn over with \r only the last form. */
export function readLogTail(folder: string, lines: number): string[] {
  const text = readTail(logFile(folder), MOST_BYTES)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text === '' || lines < 1) return [];
  const last = text.split(/\r?\n/).slice(-lines);
  return last.map((line) => line.slice(line.lastIndexOf('\r') + 1));
}

/**
 * Returns a function that gives what was written since its last call, at most 256 KiB; '' where there is nothing new, or nothing to be
 * read.
 */
export function createLogReader(folder: string): () => string {
  let offset = 0;
  let inode: number | null = null;
  let decoder = new StringDecoder('utf8');
  const readOn = () =>
    withPlainFile(logFile(folder), (file, { ino, size }) => {
      if (ino !== inode || size < offset) {
        offset = 0; // another file: the run was begun anew
        decoder = new StringDecoder('utf8');
      }
      inode = ino;
      const bytes = readAt(file, offset, Math.min(MOST_BYTES, size - offset));
      offset += bytes.length;
      return decoder.write(bytes);
    });
  return () => {
    try {
      return readOn() ?? '';
    } catch (error) {
      if (error instanceof UnreadableFile) return '';
      throw error;
    }
  };
}
