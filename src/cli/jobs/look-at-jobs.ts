// Adds to the status of experiments what a cluster has of them.

import { experimentFolder } from '../../results/paths.ts';
import { type JobView, listOpenTasks, lookAtJobs, openQueue } from '../../runner/executors/slurm/open-tasks.ts';

export interface WithJobs {
  jobs?: JobView[];
}

/** Asks the scheduler only where something is open, and less often while nothing changes. */
export function createJobsLook(results: string): <Status extends { name: string }>(status: Status) => Promise<Status & WithJobs> {
  let queue: ReturnType<typeof openQueue> | undefined;
  return async (status) => {
    const tasks = listOpenTasks(experimentFolder(results, status.name));
    if (tasks.length === 0) return status;
    queue ??= openQueue();
    const jobs = (await lookAtJobs(tasks, queue)).filter(({ state }) => state !== 'ended');
    return jobs.length === 0 ? status : { ...status, jobs };
  };
}
