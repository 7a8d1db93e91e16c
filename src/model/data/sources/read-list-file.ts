// Room: model/data/sources. Reads a list of labels as bytes, without its byte-order mark.

import { readFileSync } from 'node:fs';
import { DataError } from '../data-error.ts';
import { isWebPage } from '../pictures/picture-kind.ts';

/** Throws a UserError for a file that cannot be read, is empty, is a web page or is UTF-16. */
export function readListFile(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new DataError(`${path}: expected a list of labels, but it cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (isWebPage(bytes))
    throw new DataError(`${path}: is a web page (a download quota page?) saved under this name; download the file again`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new DataError(`${path}: expected UTF-8 text, found UTF-16; save it as UTF-8`);
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = hasMark ? bytes.subarray(3) : bytes;
  if (!text.some((byte) => byte > 0x20)) throw new DataError(`${path}: expected a list of labels, found an empty file`);
  return text;
}
