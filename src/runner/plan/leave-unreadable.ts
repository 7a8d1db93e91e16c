// Runs that are left alone because nobody can tell what they began with.

import { UnreadableFile, withPlainFile } from '../../results/files/read.ts';
import { engineFile, runFile, runFolder } from '../../results/paths.ts';
import { folderBefore, type PlannedRun } from './plan.ts';

/**
 * Throws an UnreadableFile if the system refuses to read run.json or engine.json of a run that goes on: it must not go on with other
 * threads, without oneDNN, on another backend, or as a new one.
 */
export function requireReadable(folder: string): void {
  for (const path of [runFile(folder), engineFile(folder)]) withPlainFile(path, () => {});
}

/** The plan as it comes out: a run that `facet run` would refuse for such a file is left alone, and its reason names the file. */
export function leaveUnreadable(
  plan: readonly PlannedRun[],
  { resultsRoot, experiment }: { resultsRoot: string; experiment: string },
): PlannedRun[] {
  return plan.map((run) => {
    if (run.action !== 'resume') return run;
    try {
      requireReadable(runFolder(resultsRoot, experiment, folderBefore(run)));
      return run;
    } catch (error) {
      if (error instanceof UnreadableFile) return { ...run, action: 'skip', reason: error.message };
      throw error;
    }
  });
}
