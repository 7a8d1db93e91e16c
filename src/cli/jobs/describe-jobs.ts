// (pure) The jobs that a cluster has of an experiment, in a line.

import { plural } from '../../experiment/units.ts';
import type { JobView } from '../../runner/executors/slurm/open-tasks.ts';

/** "SLURM: 2 jobs run (n1, n2), 5 wait (Resources)"; empty where there are none. */
export function describeJobs(jobs: readonly JobView[]): string[] {
  const of = (state: JobView['state']) => jobs.filter((job) => job.state === state);
  const list = (values: (string | null)[]) => {
    const names = [...new Set(values.filter((value) => value !== null))];
    return names.length === 0 ? '' : ` (${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''})`;
  };
  const [running, pending, unknown] = [of('running'), of('pending'), of('unknown')];
  const parts = [
    ...(running.length > 0 ? [`${plural(running.length, 'job runs', 'jobs run')}${list(running.map(({ node }) => node))}`] : []),
    ...(pending.length > 0 ? [`${plural(pending.length, 'job waits', 'jobs wait')}${list(pending.map(({ reason }) => reason))}`] : []),
    ...(unknown.length > 0 ? [`of ${plural(unknown.length, 'job')} the scheduler says nothing now`] : []),
  ];
  return parts.length === 0 ? [] : [`SLURM: ${parts.join(', ')}.`];
}

const SHOWN = 6;
