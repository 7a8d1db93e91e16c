// The repetitions of a run that lie beside it.

import { join } from 'node:path';
import { reproductionFolder, reproductionsFolder } from '../paths.ts';
import { listFolderNames, type Run, readRun } from '../read.ts';

export interface Reproduction {
  /** From 1. */
  number: number;
  folder: string;
  run: Run;
}

/** Every repetition of a run so far, oldest first. */
export function listReproductions(experimentFolderPath: string, runId: string): Reproduction[] {
  const root = reproductionsFolder(experimentFolderPath);
  return listFolderNames(root)
    .filter((name) => name.startsWith(`${runId}.`) && /^[1-9]\d{0,8}$/.test(name.slice(runId.length + 1)))
    .map((name) => ({ number: Number(name.slice(runId.length + 1)), folder: join(root, name), run: readRun(join(root, name)) }))
    .sort((a, b) => a.number - b.number);
}

/** The next one, whose folder is not there yet. */
export function nextReproduction(experimentFolderPath: string, runId: string): Reproduction {
  const number = (listReproductions(experimentFolderPath, runId).at(-1)?.number ?? 0) + 1;
  const folder = reproductionFolder(experimentFolderPath, runId, number);
  return { number, folder, run: readRun(folder) };
}

/** Whether there is nothing left to do for it: whatever else stopped it, it can go on from its checkpoint. */
export function isComplete({ run }: Reproduction): boolean {
  const status = run.outcome?.status;
  return status === 'succeeded' || status === 'diverged' || status === 'stopped-early';
}
