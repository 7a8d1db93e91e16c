// What the own trainers of two runs have left below samples/ and checkpoints/, file by file, by content.

import { createHash } from 'node:crypto';
import { closeSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openPlainFile, UnreadableFile } from '../files/read.ts';
import { checkpointsFolder, samplesFolder } from '../paths.ts';

export interface FileComparison {
  /** Files that either has. */
  compared: number;
  /** By path in the run folder: how it differs, in a few words. */
  different: { path: string; how: string }[];
}

/** `isCompared`: whether a file, by its path in the run folder, is compared elsewhere. */
export function compareFiles(original: string, again: string, isCompared: (path: string) => boolean): FileComparison {
  const paths = [...new Set([...listFiles(original), ...listFiles(again)])].filter((path) => !isCompared(path)).sort();
  const different = paths.flatMap((path) => {
    const [a, b] = [hashFile(join(original, path)), hashFile(join(again, path))];
    if (a === b && a !== null) return [];
    const how = b === null ? 'only the original has it' : a === null ? 'only the repetition has it' : 'other bytes';
    return [{ path, how }];
  });
  return { compared: paths.length, different };
}

function listFiles(run: string): string[] {
  return [samplesFolder(run), checkpointsFolder(run)].flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
        .map((entry) => relative(run, join(entry.parentPath, entry.name)));
    } catch {
      return []; // none
    }
  });
}

/** null where there is no such file, or it cannot be read. */
function hashFile(path: string): string | null {
  try {
    const file = openPlainFile(path);
    if (file === null) return null;
    try {
      const hash = createHash('sha256');
      const piece = Buffer.alloc(PIECE_BYTES);
      for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) hash.update(piece.subarray(0, length));
      return hash.digest('hex');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

const PIECE_BYTES = 1 << 20;
