// Pictures in a zip archive that was left packed. Only its directory is read at first, then one picture after the other.

import { closeSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { type Entry, openPromise } from 'yauzl';
import { firstLineOf } from '../../../../results/errors.ts';
import { isPictureOfAnyKind } from '../../pictures/picture-kind.ts';
import { DataError } from '../source.ts';
import type { Place } from './place.ts';

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER_BYTES = 30;

/**
 * The files of the archive, without a folder that holds them all. A stamp is a file's checksum, so a copy of the archive has the same. Rejects
 * with a DataError where it is no whole zip archive.
 */
export async function openZip(path: string): Promise<Place> {
  const entries = await readDirectory(path);
  if (entries.size === 0) throw new DataError(`${path}: expected pictures in the archive, found no file`);
  const shared = sharedFolder([...entries.keys()]);
  const entryOf = (file: string): Entry => entries.get(shared + file)!;
  const open = (file: string) => readEntry(path, entryOf(file));
  return {
    path,
    files: [...entries.keys()].map((name) => name.slice(shared.length)).sort(),
    look: (file) => ({ sizeBytes: entryOf(file).uncompressedSize, stamp: `${entryOf(file).uncompressedSize} ${entryOf(file).crc32}` }),
    open,
    isPicture(file) {
      try {
        return isPictureOfAnyKind(open(file));
      } catch {
        return false;
      }
    },
  };
}

async function readDirectory(path: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    const zip = await openPromise(path, { autoClose: false });
    try {
      for await (const entry of zip.eachEntry()) {
        const { fileName } = entry;
        if (!fileName.endsWith('/') && !/(^|\/)(\.|__MACOSX\/)/.test(fileName)) entries.set(fileName, entry);
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    throw new DataError(`${path}: expected a whole zip archive, but ${firstLineOf(cause)}; download it again, or unpack it`, { cause });
  }
  return entries;
}

function readEntry(path: string, entry: Entry): Buffer {
  if (entry.isEncrypted()) throw new Error('is encrypted in its archive; unpack it');
  const file = openSync(path, 'r');
  try {
    const header = readAt(file, entry.relativeOffsetOfLocalHeader, LOCAL_HEADER_BYTES);
    const start = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const bytes = readAt(file, start, entry.compressedSize);
    if (entry.compressionMethod === STORED) return bytes;
    if (entry.compressionMethod === DEFLATED) return inflateRawSync(bytes, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
    throw new Error(`is packed by a method of zip that is not read here (${entry.compressionMethod}); unpack the archive`);
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, position) !== length) throw new Error('the archive ends before it');
  return bytes;
}

/** `faces/` where all files lie in it or below it. */
function sharedFolder(names: readonly string[]): string {
  const [first = ''] = names;
  for (let end = first.lastIndexOf('/') + 1; end > 0; end = first.lastIndexOf('/', end - 2) + 1) {
    const folder = first.slice(0, end);
    if (names.every((name) => name.startsWith(folder))) return folder;
  }
  return '';
}
