// facet stop where no command is at work on an experiment, but a cluster has jobs of it.

import { plural } from '../../experiment/units.ts';
import { acquireLease, releaseLease } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import { type ExperimentSummary, readExperiment } from '../../results/read.ts';
import { listOpenTasks } from '../../runner/executors/slurm/open-tasks.ts';
import { stopJobs } from '../../runner/executors/slurm/stop-jobs.ts';
import { EXIT } from '../exit-codes.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { describeTally } from '../text/states.ts';

/** `run`: the id of the one run that is meant; absent: all. null where the cluster has none. */
export async function stopJobsCommand(
  { name, folder }: Pick<ExperimentSummary, 'name' | 'folder'>,
  { results, run, now, by }: { results: string; run?: string; now: boolean; by: string },
): Promise<number | null> {
  if (!listOpenTasks(folder).some((task) => run === undefined || task.run === run)) return null;
  const hold = acquireLease(runnerLeaseFile(folder));
  if (!hold.acquired) return null; // a command has taken it up this moment
  const listener = listenForStop();
  const line = createStatusLine();
  const onWait = (runs: readonly string[]) => line.show(`${name}: waiting for ${plural(runs.length, 'job')} to end: ${runs.join(', ')}`);
  try {
    const stopped = await stopJobs({ experimentFolder: folder, run, now, by, signal: listener.stop.graceful, onWait });
    if (stopped === null) {
      line.note(`Not waiting any longer; the jobs of ${name} stop all the same.`);
      return EXIT.interrupted;
    }
    line.close();
    process.stdout.write(`${name}: ${plural(stopped.length, 'job')} stopped. ${describeTally(readExperiment(results, name).runs)}.\n`);
    return EXIT.ok;
  } finally {
    line.close();
    listener.release();
    releaseLease(runnerLeaseFile(folder), hold.lease);
  }
}
