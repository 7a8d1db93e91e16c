// What this machine offers to the runs of an experiment, and what it needs to train on.

import type { RunConfig } from '../experiment/schema/schema.ts';
import { UserError } from '../experiment/user-error.ts';
import { type BackendChoice, checkPrecision, chooseBackend } from '../machine/backend.ts';
import { chooseGpus, type Gpu, listGpus } from '../machine/gpus.ts';
import { libraryEnvironment, readInstallation } from '../machine/installation.ts';
import { describeMemory } from '../machine/memory.ts';
import { describeProcessor } from '../machine/processor.ts';
import { listAdapters, type WebgpuAdapter } from '../machine/webgpu-adapters.ts';
import { describeCommand } from '../results/commands.ts';
import type { Machine, Slot, SlotDemand } from './plan/slots.ts';

export interface Surroundings {
  backend: BackendChoice;
  machine: Machine;
  /** What a training process needs in its environment besides what its slot gives it. */
  environment: Record<string, string>;
}

export interface SurroundingsRequest {
  configs: readonly RunConfig[];
  /** `--gpus`: numbers or uuids, with commas. */
  gpus?: string | undefined;
}

/**
 * Looks at the machine; loads no TensorFlow. Throws a UserError where it lacks the backend or GPUs that are asked for, or a run's
 * precision.
 */
export async function readSurroundings({ configs, gpus: asked }: SurroundingsRequest): Promise<Surroundings> {
  const backend = await chooseBackend();
  for (const { training } of configs) checkPrecision(backend, training.precision);
  const { gpus, adapters } = await listCards(backend, asked, Boolean(process.env.FACET_TRAINER) || configs.some(({ trainer }) => trainer));
  return {
    backend,
    machine: { gpus, adapters, cores: describeProcessor().cores, freeMemoryBytes: describeMemory().freeBytes },
    environment: backend.name === 'tensorflow' ? libraryEnvironment() : {},
  };
}

/** Where fewer runs go on at once than the file asks for, a line that says so. */
export function describeLimits({ parallel }: SlotDemand, { runs, slots }: { runs: number; slots: readonly Slot[] }): string[] {
  if (parallel === 'auto' || Math.min(parallel, runs) <= slots.length) return [];
  const share = 'execution.gpuMemory or a share in execution.gpusPerRun lets more share one';
  return [`execution.parallel asks for ${parallel} runs at a time; the GPUs hold ${slots.length} (${share}).`];
}

async function listCards(
  backend: BackendChoice,
  asked: string | undefined,
  hasOwnTrainer: boolean,
): Promise<{ gpus: Gpu[]; adapters: WebgpuAdapter[] }> {
  if (backend.name === 'webgpu') {
    const adapters = await listAdapters();
    const numbered = adapters.map((adapter, index) => ({ index, name: adapter.name, uuid: adapter.name, adapter }));
    return { gpus: [], adapters: asked === undefined ? adapters : chooseGpus(numbered, asked).map(({ adapter }) => adapter) };
  }
  // A trainer of the user's own may well use GPUs that the TensorFlow installed here cannot.
  const usesCuda = backend.name === 'tensorflow' && (readInstallation().installation?.kind === 'cuda' || hasOwnTrainer);
  const gpus = usesCuda ? await listGpus() : [];
  if (asked === undefined) return { gpus, adapters: [] };
  if (gpus.length > 0) return { gpus: chooseGpus(gpus, asked), adapters: [] };
  const why = usesCuda ? 'nvidia-smi lists none that may be used here' : `${backend.version} uses none`;
  throw new UserError(`--gpus: expected a machine with GPUs, but ${why}. Leave --gpus out, or see \`${describeCommand(['doctor'])}\`.`);
}
