// (pure) Which task this is, by what SLURM says in the environment.

export interface Place {
  /** Index in the array, from 0. */
  index: number;
  /** "1234_5". Never by SLURM_JOB_ID: the task that starts last has the number of its array. */
  task: string;
  /** With the cluster's name, as the lease has it. */
  job: string;
  /** How often it was queued again. */
  restart: number;
  node: string;
}

/** null outside of an array of SLURM. */
export function readPlace(environment: Readonly<NodeJS.ProcessEnv>): Place | null {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index, SLURM_RESTART_COUNT: restart = '0' } = environment;
  if (!/^\d+$/.test(array ?? '') || !/^\d+$/.test(index ?? '')) return null;
  const task = `${array}_${index}`;
  return {
    index: Number(index),
    task,
    job: `${environment.SLURM_CLUSTER_NAME ?? 'slurm'} ${task}`,
    restart: /^\d+$/.test(restart) ? Number(restart) : 0,
    node: environment.SLURMD_NODENAME ?? environment.SLURM_NODELIST ?? '?',
  };
}
