// Room: results. The states of an experiment's runs, each from as few files as will do: a sweep has thousands.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Run, readOutcome } from './read.ts';
import type { RunState } from './records.ts';
import { deriveState } from './state.ts';

/** Looks once which folders there are; a run's own files are read when it is asked for. Tolerant like `readRun`. */
export function createStateReader(experimentFolderPath: string): (id: string) => RunState {
  const present = new Set(listNames(experimentFolderPath));
  return (id) => (present.has(id) ? readEnding(join(experimentFolderPath, id)).state : 'queued');
}

/** A run without its record. */
export type RunEnding = Pick<Run, 'id' | 'folder' | 'state' | 'outcome'>;

/** How a run stands, from its outcome alone where it has one. Tolerant like `readRun`. */
export function readEnding(folder: string): RunEnding {
  const outcome = readOutcome(folder).value;
  return { id: basename(folder), folder, outcome, state: deriveState(folder, outcome) };
}

/** Links to folders included. */
function listNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
