// Every executor by name. A new one is a folder beside this file, and a row here.

import type { Executor, ExecutorContext } from './executor.ts';
import { openLocalExecutor } from './local/local.ts';
import { openSlurmExecutor } from './slurm/slurm.ts';

export const EXECUTORS = {
  local: openLocalExecutor,
  slurm: openSlurmExecutor,
} satisfies Record<string, (context: ExecutorContext) => Promise<Executor>>;
