// (pure) How many runs go on at once, and what each may use.

import type { ExecutionConfig, RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import type { BackendChoice } from '../../machine/backend.ts';
import type { Gpu } from '../../machine/gpus.ts';
import type { WebgpuAdapter } from '../../machine/webgpu-adapters.ts';
import { placeOnGpus } from './gpu-places.ts';
import { estimateRunMemory } from './memory.ts';

/** A place in which one run at a time is carried out. */
export interface Slot {
  /** From 0. */
  index: number;
  /** CUDA_VISIBLE_DEVICES of the run, by uuid; null leaves the variable as it is. */
  gpus: readonly string[] | null;
  /** The GPU of the run on WebGPU. */
  adapter?: WebgpuAdapter;
  /** CPU threads of the run. */
  threads: number;
  /** Whether TensorFlow computes with oneDNN; null or absent: as the environment says, or else TensorFlow. */
  oneDnn?: boolean | null;
  /** The instruction set above which oneDNN uses nothing; null: no limit; absent: as the environment says. */
  maxCpuIsa?: string | null | undefined;
  /** The backend of the run, where it is not the one that the environment leads to. */
  backend?: BackendChoice['name'];
  /** The run may go on with another kind of backend than it was trained on so far. */
  mayChangeBackend?: boolean;
}

export interface Machine {
  /** GPUs that the backend can use through CUDA; none for WebAssembly. */
  gpus: readonly Gpu[];
  /** Those that it uses through WebGPU. */
  adapters?: readonly WebgpuAdapter[];
  cores: number;
  freeMemoryBytes: number;
}

export type SlotDemand = Pick<ExecutionConfig, 'parallel' | 'gpusPerRun' | 'gpuMemory'>;

/** What an experiment asks of an executor. */
export interface Demand {
  execution: SlotDemand;
  /** All runs of the experiment, also those that are done. */
  runs: number;
  /** Of the run that needs most. */
  memoryPerRunBytes: number;
}

export function describeDemand(execution: SlotDemand, configs: readonly RunConfig[]): Demand {
  return {
    execution,
    runs: configs.length,
    memoryPerRunBytes: configs.reduce((most, config) => Math.max(most, estimateRunMemory(config)), 0),
  };
}

/**
 * The slots for an experiment. All of its runs count, also those that are done, so that a run gets the same threads when the
 * sweep is continued. `parallel` as a number is an upper limit where there are GPUs, which are used evenly; without GPUs it is
 * the number of slots. Throws a UserError where no GPU holds a run.
 */
export function planSlots({ execution, runs, memoryPerRunBytes }: Demand, machine: Machine): Slot[] {
  const { parallel } = execution;
  const places = placeRuns(execution, machine);
  const automatic = places?.length ?? coresOrMemory(machine, memoryPerRunBytes);
  const asked = parallel === 'auto' ? automatic : Math.min(parallel, places?.length ?? parallel);
  const count = Math.max(1, Math.min(runs, asked));
  const threads = Math.max(1, Math.floor(machine.cores / count));
  const onCpu: Place = { gpus: machine.gpus.length === 0 ? null : [] };
  return Array.from({ length: count }, (_, index) => ({ index, ...(places?.[index] ?? onCpu), threads }));
}

type Place = Pick<Slot, 'gpus' | 'adapter'>;

/** The GPU or adapter of each run, for as many runs as they hold; null where runs compute on the CPU. */
function placeRuns(demand: SlotDemand, { gpus, adapters = [] }: Machine): Place[] | null {
  if (adapters.length > 0) return placeOnAdapters(adapters, demand.gpusPerRun);
  if (gpus.length === 0 || demand.gpusPerRun === 0) return null;
  return placeOnGpus(gpus, demand).map((uuid) => ({ gpus: [uuid] }));
}

/** WebGPU does not tell how much memory an adapter has: runs share one only where the file names a share. */
function placeOnAdapters(adapters: readonly WebgpuAdapter[], gpusPerRun: number): Place[] {
  if (gpusPerRun === 0) {
    throw new UserError('execution.gpusPerRun: expected above 0 on WebGPU, got 0. Set FACET_BACKEND=wasm to train on the CPU.');
  }
  const rounds = Math.floor(1 / gpusPerRun + 1e-9);
  return Array.from({ length: rounds }, () => adapters.map((adapter) => ({ gpus: null, adapter }))).flat();
}

/**
 * One run with one thread on each core trains most images a second in total (docs/decisions/005). Fewer, where they do not fit into
 * memory.
 */
function coresOrMemory({ cores, freeMemoryBytes }: Machine, memoryPerRunBytes: number): number {
  return Math.min(cores, Math.floor(freeMemoryBytes / memoryPerRunBytes));
}
