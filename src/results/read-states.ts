// Room: results. The states of an experiment's runs, each from as few files as will do: a sweep has thousands.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOutcome } from './read.ts';
import type { RunState } from './records.ts';
import { deriveState } from './state.ts';

/** Looks once which folders there are; a run's own files are read when it is asked for. Tolerant like `readRun`. */
export function createStateReader(experimentFolderPath: string): (id: string) => RunState {
  const present = new Set(listNames(experimentFolderPath));
  return (id) => {
    if (!present.has(id)) return 'queued';
    const folder = join(experimentFolderPath, id);
    return deriveState(folder, readOutcome(folder).value);
  };
}

/** Links to folders included. */
function listNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
