// Makes a folder and those above it. Never waits for ever.

import { mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * One level at a time: Node's recursive mkdir never returns where the system makes no folders at all, as under /proc or in a working
 * directory that was deleted. Throws the error of the system, whose `path` names the folder.
 */
export function makeFolders(path: string): void {
  const stat = statOf(path);
  if (stat?.isDirectory()) return;
  if (!stat && dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statOf(path)?.isDirectory()) return; // another process made it meanwhile
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
