// (pure) The words that hand an array of tasks over.

import type { ExecutionConfig } from '../../../experiment/schema/schema.ts';
import { parseBytes, parseDuration } from '../../../experiment/units.ts';

export type SlurmConfig = ExecutionConfig['slurm'];

export interface ArrayRequest {
  slurm: SlurmConfig;
  jobName: string;
  /** The tasks from 0 on. */
  tasks: number;
  /** How many of them may run at once; null: all. */
  atOnce: number | null;
  output: string;
  script: string;
  /** Nodes to avoid. */
  exclude: readonly string[];
}

export function createSbatchWords({ slurm, jobName, tasks, atOnce, output, script, exclude }: ArrayRequest): string[] {
  const { partition, account, constraint, gpus, cpus, memory, time, sbatch } = slurm;
  return [
    'sbatch',
    '--parsable',
    `--job-name=${jobName}`,
    `--array=0-${tasks - 1}${atOnce === null ? '' : `%${atOnce}`}`,
    `--output=${output}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR2@${graceSeconds(slurm)}`,
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(constraint === undefined ? [] : [`--constraint=${constraint}`]),
    ...(gpus === 0 ? [] : [`--gres=gpu:${gpus}`]),
    ...(memory === undefined ? [] : [`--mem=${Math.ceil(parseBytes(memory)! / 1024 ** 2)}M`]),
    ...(time === undefined ? [] : [`--time=${formatTime(parseDuration(time)!)}`]),
    ...(exclude.length === 0 ? [] : [`--exclude=${exclude.join(',')}`]),
    ...sbatch,
    script,
  ];
}

/** SLURM counts in whole minutes. */
const formatTime = (seconds: number): string => String(Math.max(1, Math.ceil(seconds / 60)));

export const graceSeconds = ({ grace }: Pick<SlurmConfig, 'grace'>): number => Math.min(65_535, Math.ceil(parseDuration(grace)!));

export const timeLimitMs = ({ time }: Pick<SlurmConfig, 'time'>): number | null =>
  time === undefined ? null : Math.max(1, Math.ceil(parseDuration(time)! / 60)) * 60_000;

/** The number of the array in what `sbatch --parsable` prints, "1234" or "1234;cluster"; null where there is none. */
export function parseSbatch(stdout: string): string | null {
  return /^(\d+)(;\S+)?\s*$/m.exec(stdout)?.[1] ?? null;
}

/** Tasks in arrays that the cluster takes, and how many of each may run at once. */
export function splitTasks<Task>(
  tasks: readonly Task[],
  { most, maxParallel }: { most: number; maxParallel: number | undefined },
): { tasks: Task[]; atOnce: number | null }[] {
  const count = Math.ceil(tasks.length / most);
  const size = Math.ceil(tasks.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = tasks.slice(index * size, (index + 1) * size);
    // The rest of the division goes to the first arrays; none gets less than one.
    const share = maxParallel === undefined ? null : Math.max(1, Math.floor(maxParallel / count) + (index < maxParallel % count ? 1 : 0));
    return { tasks: part, atOnce: share !== null && share < part.length ? share : null };
  });
}
