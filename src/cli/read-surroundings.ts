// Room: cli. What this machine offers to the runs of an experiment.

import { freemem } from 'node:os';
import type { ExecutionConfig, RunConfig } from '../experiment/schema.ts';
import { chooseBackend } from '../model/backend.ts';
import { libraryEnvironment, readInstallation } from '../model/installation.ts';
import { checkPrecision } from '../model/kernels/precision.ts';
import { describeProcessor } from '../model/machine.ts';
import type { BackendChoice } from '../results/records.ts';
import { type Gpu, listGpus } from '../runner/gpus.ts';
import { estimateRunMemory } from '../runner/memory.ts';
import { planSlots, type Slot } from '../runner/slots.ts';

export interface Surroundings {
  backend: BackendChoice;
  gpus: Gpu[];
  cores: number;
  slots: Slot[];
  /** What a training process needs in its environment besides what its slot gives it. */
  environment: Record<string, string>;
}

/** Throws a UserError where the backend asked for, the GPUs or a run's precision are not to be had. Loads no TensorFlow. */
export async function readSurroundings(execution: ExecutionConfig, configs: readonly RunConfig[]): Promise<Surroundings> {
  const backend = await chooseBackend();
  for (const { training } of configs) checkPrecision(backend, training.precision);
  const usesCuda = backend.name === 'tensorflow' && readInstallation().installation?.kind === 'cuda';
  const gpus = usesCuda ? await listGpus() : [];
  const { cores } = describeProcessor();
  const slots = planSlots(execution, {
    // WebGPU has one adapter, which its runs would only take from each other.
    machine: { gpus, cores: backend.name === 'webgpu' ? 1 : cores, freeMemoryBytes: freemem() },
    runs: configs.length,
    memoryPerRunBytes: configs.reduce((most, config) => Math.max(most, estimateRunMemory(config)), 0),
  });
  return { backend, gpus, cores, slots, environment: backend.name === 'tensorflow' ? libraryEnvironment() : {} };
}
