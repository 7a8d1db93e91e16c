// What the own trainers of two runs have left below samples/ and checkpoints/, file by file, by content.

import { createHash } from 'node:crypto';
import { closeSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openPlainFile, UnreadableFile } from '../files/read.ts';
import { checkpointsFolder, samplesFolder } from '../paths.ts';

export interface FileComparison {
  /** Files that either has; of an original that did not come to its end, those that both have. */
  compared: number;
  /** By path in the run folder: how it differs, in a few words. */
  different: { path: string; how: string }[];
}

interface Options {
  /** Whether a file, by its path in the run folder, is compared elsewhere. */
  isCompared: (path: string) => boolean;
  /** Whether the original came to its end: else the two may have come to different ones. */
  isWhole: boolean;
}

export function compareFiles(original: string, again: string, { isCompared, isWhole }: Options): FileComparison {
  const [own, others] = [original, again].map((run) => listFiles(run).filter((path) => !isCompared(path))) as [string[], string[]];
  const paths = isWhole ? [...new Set([...own, ...others])] : own.filter((path) => others.includes(path));
  const different = paths.toSorted().flatMap((path) => {
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
