// Chooses what a run is repeated on: the original's backend, threads, use of oneDNN and its instructions, where this machine has them.

import { experimentSchema, type RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { chooseBackend } from '../../machine/backend.ts';
import type { Provenance, RunRecord } from '../../results/records.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from '../../runner/plan/one-dnn.ts';
import { describeDemand, planSlots, type Slot } from '../../runner/plan/slots.ts';
import { chooseThreads } from '../../runner/plan/threads.ts';
import { readSurroundings, type Surroundings } from '../../runner/surroundings.ts';

export interface Today {
  surroundings: Surroundings;
  slot: Slot;
  /** A line for each thing that the original had and this machine lacks. */
  notes: string[];
}

/** The original's backend is used unless FACET_BACKEND names another or it cannot be used here. Sets FACET_BACKEND for the children. */
export async function readToday({ provenance, config }: RunRecord): Promise<Today> {
  const notes = await askForBackend(provenance.backend);
  const surroundings = await readSurroundings({ configs: [config] });
  const { cores } = surroundings.machine;
  const slot = planSlots(describeDemand(readExecution(provenance), [config]), surroundings.machine)[0]!;
  const threads = chooseThreads(slot.threads, { provenance });
  if (threads > cores) notes.push(`It gets the original's ${threads} threads on ${cores} cores: slower, but the same sums.`);
  const oneDnn = chooseOneDnn(process.env, { provenance });
  const maxCpuIsa = chooseMaxCpuIsa(process.env, { provenance });
  return { surroundings, slot: { ...slot, threads, oneDnn, maxCpuIsa }, notes };
}

async function askForBackend(original: Provenance['backend'] | undefined): Promise<string[]> {
  if (process.env.FACET_BACKEND || !original) return [];
  try {
    await chooseBackend({ ...process.env, FACET_BACKEND: original.name });
    process.env.FACET_BACKEND = original.name;
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [`The original's backend, ${original.version}, cannot be used here: ${error.message}`];
  }
}

/** As many GPUs as one run takes, unless the original had none. */
function readExecution({ backend, hardware }: Provenance): ReturnType<typeof experimentSchema.shape.execution.parse> {
  const isOnCpu = backend?.name === 'tensorflow' && hardware?.gpus?.length === 0;
  return experimentSchema.shape.execution.parse({ parallel: 1, gpusPerRun: isOnCpu ? 0 : 1 });
}

/** The folders of pictures, which are no part of the code even where they lie in its folder. */
export function dataRootsOf({ dataset }: RunConfig): string[] {
  return dataset.root === undefined ? [] : [dataset.root];
}
