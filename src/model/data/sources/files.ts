// What the forms on disk share: the folder of a data set, and its lists as bytes.

import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { isWebPage } from '../pictures/picture-kind.ts';
import { DataError, type Fault } from './source.ts';

/** Includes formats that are not read, so that they are named as faults instead of missing. */
export const PICTURE_NAME = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/** The folder of a data set. Throws a DataError where it is not named or not there. */
export function requireRoot({ source, root }: DatasetConfig): string {
  if (root === undefined) throw new DataError(`dataset.root: expected the folder of the ${source} pictures, found nothing; add it`);
  const found = statSync(root, { throwIfNoEntry: false });
  if (found?.isFile())
    throw new DataError(
      `dataset.root: expected a folder, found the file ${root}; name the folder that it lies in, and the file with dataset.images (an archive) or dataset.labels (a list)`,
    );
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(root))
    throw new DataError(`dataset.root: expected a folder, found the address ${root}; download the data, and name their folder`);
  if (!found?.isDirectory() && /^[a-z]:[\\/]|\\/i.test(root))
    throw new DataError(`dataset.root: expected a folder, found no folder at ${root}; write it as it is called here, with forward slashes`);
  if (!found?.isDirectory()) {
    throw new DataError(
      `dataset.root: expected a folder, found no folder at ${root}; correct the path (it is relative to the working directory, or to the experiment file)`,
    );
  }
  return root;
}

/** A list in UTF-8, without its byte-order mark. */
export interface ListFile {
  /** How messages call it. */
  name: string;
  bytes: Buffer;
  notices: Fault[];
}

/**
 * A list whose bytes are no UTF-8 is read as Latin-1 in Windows' form, as spreadsheets write it, and a notice says so. Throws a DataError for a
 * file that cannot be read, is empty, is a web page or is UTF-16.
 */
export function readListFile(path: string, name = basename(path)): ListFile {
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
  const binary = BINARY_FORMATS.find(({ begins }) => bytes.toString('latin1', 0, begins.length) === begins);
  if (binary !== undefined) throw new DataError(`${path}: expected a list of labels as text, found ${binary.what}`);
  if (bytes.subarray(0, 1000).includes(0) && bytes.some((byte) => byte > 0x20)) {
    const isWide = [0, 1].some((odd) => bytes.subarray(0, 200).every((byte, i) => i % 2 !== odd || byte === 0));
    throw new DataError(`${path}: expected UTF-8 text, found ${isWide ? 'UTF-16' : 'bytes that are no text'}; save it as UTF-8`);
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = hasMark ? bytes.subarray(3) : bytes;
  if (!text.some((byte) => byte > 0x20)) throw new DataError(`${path}: expected a list of labels, found an empty file`);
  if (isUtf8(text)) return { name, bytes: text, notices: [] };
  const notice = { name, reason: 'is not UTF-8 and is read as Latin-1; save it as UTF-8 if names of pictures look wrong' };
  return { name, bytes: Buffer.from(decodeWindows(text)), notices: [notice] };
}

/** What people save under the name of a list. */
const BINARY_FORMATS = [
  { begins: 'PK\x03\x04', what: 'a spreadsheet or a zip archive; save it as CSV, or unpack it' },
  { begins: '\xd0\xcf\x11\xe0', what: 'an Excel workbook; save it as CSV' },
  { begins: '\x1f\x8b', what: 'a file packed by gzip; unpack it' },
  { begins: 'PAR1', what: 'a parquet file; name it with dataset.images where it holds the pictures, else save it as CSV' },
  { begins: '\x93NUMPY', what: 'an array of NumPy; save it as CSV' },
  { begins: '\x80\x04', what: 'a pickle of Python; save it as CSV' },
];

/** What Windows has in place of the control characters of Latin-1, from 0x80 on. (TextDecoder of Node 20 leaves these out.) */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const decodeWindows = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[\x80-\x9f]/g, (character) => WINDOWS[character.charCodeAt(0) - 0x80]!);
