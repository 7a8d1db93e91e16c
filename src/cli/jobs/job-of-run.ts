// The job that a cluster has of one run.

import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { jobOutputFile } from '../../results/paths.ts';
import { listOpenTasks, lookAtJobs, type OpenTask, openQueue } from '../../runner/executors/slurm/open-tasks.ts';

function findTask(runFolder: string): OpenTask | undefined {
  return listOpenTasks(dirname(runFolder)).find(({ run }) => run === basename(runFolder));
}

/** For a run that has printed nothing: which job it is, and where the scheduler's own output lies; '' for another. */
export function describeJobOf(runFolder: string): string {
  const open = findTask(runFolder);
  if (!open) return '';
  const output = jobOutputFile(open.submission.folder, `${open.index}.txt`);
  return ` It is job ${open.task ?? open.submission.record.jobName} of SLURM${existsSync(output) ? `, which prints to ${output}` : ''}.`;
}

/** Tells whether a run waits in a queue, or works there. Asks the scheduler only where its folder leaves that open. */
export function createJobLook(): (runFolder: string) => Promise<boolean> {
  const queue = openQueue();
  return async (runFolder) => {
    const open = findTask(runFolder);
    return open !== undefined && (await lookAtJobs([open], queue))[0]!.state !== 'ended';
  };
}
