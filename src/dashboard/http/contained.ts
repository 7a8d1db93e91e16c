// A file inside the results folder, as the dashboard may show it.

import { isContained, readPlainFile } from '../../results/files/read.ts';

const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

/** The bytes of a plain file that lies inside the results folder under its own name, through no link; null for anything else. */
export function readContained(resultsRoot: string, path: string): Buffer | null {
  if (!isContained(resultsRoot, path)) return null;
  try {
    return readPlainFile(path, MAX_PICTURE_BYTES);
  } catch {
    return null;
  }
}
