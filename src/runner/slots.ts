// Room: runner (pure). How many runs go on at once, and what each may use.

import type { ExecutionConfig } from '../experiment/schema.ts';
import { UserError } from '../experiment/user-error.ts';
import type { Gpu } from './gpus.ts';

/** A place in which one run at a time is carried out. */
export interface Slot {
  /** From 0. */
  index: number;
  /** CUDA_VISIBLE_DEVICES of the run, by uuid; null leaves the variable as it is. */
  gpus: readonly string[] | null;
  /** CPU threads of the run. */
  threads: number;
}

export interface Machine {
  /** GPUs that the backend can use; none for WebAssembly. */
  gpus: readonly Gpu[];
  cores: number;
  freeMemoryBytes: number;
}

/**
 * The slots for an experiment of so many runs. All of its runs count, also those that are done: the threads of a run
 * then stay the same when a sweep is continued. Throws a UserError where the machine has fewer GPUs
 * than one run asks for.
 */
export function planSlots(
  execution: Pick<ExecutionConfig, 'parallel' | 'gpusPerRun'>,
  { machine, runs, memoryPerRunBytes }: { machine: Machine; runs: number; memoryPerRunBytes: number },
): Slot[] {
  const { gpusPerRun, parallel } = execution;
  const gpuGroups = groupGpus(machine.gpus, gpusPerRun);
  const automatic = gpuGroups.length > 0 ? gpuGroups.length : coresOrMemory(machine, memoryPerRunBytes);
  const count = Math.max(1, Math.min(runs, parallel === 'auto' ? automatic : parallel));
  const threads = Math.max(1, Math.floor(machine.cores / count));
  const gpusOf = (index: number) => (machine.gpus.length === 0 ? null : (gpuGroups[index % gpuGroups.length] ?? []));
  return Array.from({ length: count }, (_, index) => ({ index, gpus: gpusOf(index), threads }));
}

/** One single-threaded run a core has the best total throughput, as long as they fit into memory. */
function coresOrMemory({ cores, freeMemoryBytes }: Machine, memoryPerRunBytes: number): number {
  return Math.min(cores, Math.floor(freeMemoryBytes / memoryPerRunBytes));
}

function groupGpus(gpus: readonly Gpu[], gpusPerRun: number): string[][] {
  if (gpusPerRun === 0 || gpus.length === 0) return [];
  if (gpusPerRun > gpus.length) {
    throw new UserError(`execution.gpusPerRun: expected at most ${gpus.length}, the GPUs of this machine, got ${gpusPerRun}`);
  }
  const groups: string[][] = [];
  for (let at = 0; at + gpusPerRun <= gpus.length; at += gpusPerRun) groups.push(gpus.slice(at, at + gpusPerRun).map((gpu) => gpu.uuid));
  return groups;
}
