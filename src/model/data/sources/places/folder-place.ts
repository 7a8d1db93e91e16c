// Pictures in a folder and the folders below it.

import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { isPictureOfAnyKind } from '../../pictures/picture-kind.ts';
import type { Place } from './place.ts';

/** All files, whatever they are called, in the order of their paths. Hidden folders are left out; links are followed, once each. */
export function openFolder(folder: string): Place {
  return {
    path: folder,
    files: listFiles(folder),
    look(file) {
      const stat = statSync(join(folder, file), { throwIfNoEntry: false });
      if (stat === undefined) return undefined;
      return stat.isFile() ? { sizeBytes: stat.size, stamp: stampOf(stat) } : { reason: 'not a file' };
    },
    open: (file) => readFileSync(join(folder, file)),
    isPicture: (file) => isPictureOfAnyKind(readHead(join(folder, file))),
    explain: (name) => explain(folder, name),
  };
}

function listFiles(folder: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = (inside: string) => {
    const path = join(folder, inside);
    const real = realpathSync(path);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const kind = kindOf(entry, join(folder, name));
      if (kind?.isFile()) found.push(name);
      if (kind?.isDirectory() && !/^(\.|__MACOSX$)/.test(entry.name) && mayBeRead(join(folder, name))) walk(name);
    }
  };
  walk('');
  return found.sort();
}

function kindOf(entry: Dirent, path: string): Pick<Dirent, 'isDirectory' | 'isFile'> | undefined {
  return entry.isSymbolicLink() ? tryTo(() => statSync(path)) : entry;
}

/** A disk's lost+found is of no use to anybody. */
function mayBeRead(folder: string): boolean {
  return tryTo(() => accessSync(folder, constants.R_OK | constants.X_OK) ?? true) ?? false;
}

/** Undefined where nothing is there, or nothing that can be looked at. */
function tryTo<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** A file that is written, replaced, or restored with its former time has another one. A copy has another one, too. */
export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

const HEAD_BYTES = 512;

function readHead(path: string): Buffer {
  const read = () => {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(file);
    }
  };
  return tryTo(read) ?? Buffer.alloc(0);
}

function explain(folder: string, name: string): string | undefined {
  const path = resolve(folder, name);
  const stat = tryTo(() => statSync(path));
  if (stat === undefined) return tryTo(() => lstatSync(path)) && 'a link that leads nowhere';
  if (stat.isDirectory()) return 'a folder, no picture';
  if (!stat.isFile()) return 'not a file';
  return path.startsWith(`${resolve(folder)}/`) ? 'in a folder that is not searched' : `lies outside of ${folder}, where the pictures are`;
}
