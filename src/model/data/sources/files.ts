// What the forms on disk share: the folder of a data set, its lists of labels as bytes, its picture files.

import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { isWebPage } from '../pictures/picture-kind.ts';
import { DataError } from './source.ts';

/** Includes formats that are not read, so that they are named as faults instead of missing. */
const PICTURE_NAME = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/** The folder of a data set. Throws a DataError where it is not named or not there. */
export function requireRoot({ source, root }: DatasetConfig): string {
  if (root === undefined) throw new DataError(`dataset.root: expected the folder of the ${source} pictures, found nothing; add it`);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DataError(
      `dataset.root: expected a folder, found no folder at ${root}; correct the path (it is relative to the working directory, or to the experiment file)`,
    );
  }
  return root;
}

/**
 * A list of labels as bytes, without its byte-order mark. Throws a DataError for a file that cannot be read, is empty, is a web page or
 * is UTF-16.
 */
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

/**
 * Sorted paths relative to the folder, with forward slashes, of files that are called pictures or that `listed` names: what they are, their
 * first bytes say. Hidden files are left out; links are followed, once each.
 */
export function findPictureFiles(folder: string, listed: readonly string[]): string[] {
  const fileNames = new Set(listed.map((name) => name.slice(name.lastIndexOf('/') + 1)));
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = (inside: string) => {
    const path = join(folder, inside);
    const real = realpathSync(path);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const kind = kindOf(entry, join(folder, name));
      if (kind?.isDirectory()) walk(name);
      else if (kind?.isFile() && (PICTURE_NAME.test(entry.name) || fileNames.has(entry.name))) found.push(name);
    }
  };
  walk('');
  return found.sort();
}

function kindOf(entry: Dirent, path: string): Pick<Dirent, 'isDirectory' | 'isFile'> | undefined {
  return entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
}
