// Space on the disks: free, and taken by a folder. Throws nothing.

import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Free bytes for this user where a folder is, or would be. */
export function readFreeBytes(folder: string): number | null {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return null;
    }
  }
}

/** Whether this user could make files in a folder, or the folder itself. */
export function mayBeWritten(folder: string): boolean {
  try {
    let path = folder;
    while (!existsSync(path)) path = dirname(path);
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Bytes of all files in a folder; 0 where there is none. */
export function measureFolder(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}
