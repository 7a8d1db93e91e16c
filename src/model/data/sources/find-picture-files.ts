// Room: model/data/sources. Every picture file below a folder.

import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Includes formats that are not read, so that they are named as faults instead of missing. */
const PICTURE_NAME = /\.(jpe?g|jfif|png|webp|gif|bmp)$/i;

/** Sorted paths relative to the folder, with forward slashes. Hidden files are left out; links are followed, once each. */
export function findPictureFiles(folder: string): string[] {
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
      else if (kind?.isFile() && PICTURE_NAME.test(entry.name)) found.push(name);
    }
  };
  walk('');
  return found.sort();
}

function kindOf(entry: Dirent, path: string): Pick<Dirent, 'isDirectory' | 'isFile'> | undefined {
  return entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
}
