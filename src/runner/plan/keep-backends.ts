// Runs that go on stay on the kind of backend on which they were trained so far: another one would change their last bits in silence.

import { UserError } from '../../experiment/user-error.ts';
import { type BackendChoice, type BackendKind, chooseBackend, kindOf } from '../../machine/backend.ts';
import { readBackendKind } from '../../results/engine-file.ts';
import { runFolder } from '../../results/paths.ts';
import { readRun } from '../../results/read.ts';
import type { PlannedRun } from './plan.ts';
import type { Slot } from './slots.ts';

export interface KeepBackendsOptions {
  resultsRoot: string;
  experiment: string;
  /** What new runs are trained on. */
  backend: BackendChoice;
  slots: readonly Slot[];
  /** Whether runs whose backend is not to be had, or not asked for, go on with this one. */
  mayChange: boolean;
  environment?: NodeJS.ProcessEnv;
}

/**
 * A run whose own backend is there, and nobody asks for another by FACET_BACKEND, gets it as `backend`. One whose backend is not
 * there, or that another is asked for, is left alone (`needs` says what it needs), unless it may change.
 */
export async function keepBackends(plan: readonly PlannedRun[], options: KeepBackendsOptions): Promise<PlannedRun[]> {
  const { resultsRoot, experiment, backend, slots, mayChange, environment = process.env } = options;
  const today = slots[0]?.gpus?.length === 0 && backend.name === 'tensorflow' ? 'tensorflow cpu' : kindOf(backend);
  const isAsked = Boolean(environment.FACET_BACKEND?.trim());
  const found = new Map<BackendKind, BackendChoice | null>();
  const kept: PlannedRun[] = [];
  for (const run of plan) {
    const kind = readOwnKind(run, runFolder(resultsRoot, experiment, run.id));
    if (kind === null || kind === today) {
      kept.push(run);
      continue;
    }
    if (!isAsked && !found.has(kind)) found.set(kind, await findBackend(kind, environment));
    const own = found.get(kind);
    if (own) kept.push({ ...run, backend: own });
    else kept.push(mayChange ? run : leaveAlone(run, kind));
  }
  return kept;
}

/** null for a run that starts, or that is done. */
function readOwnKind({ action, state }: PlannedRun, folder: string): BackendKind | null {
  // Successive halving may still take up a run that it has stopped early.
  if (action === 'start' || (action === 'skip' && state !== 'stopped-early')) return null;
  const { record } = readRun(folder);
  return record && readBackendKind(folder, record);
}

/** TensorFlow for CUDA computes on the processor as well, where it is shown no GPU; not the reverse. */
async function findBackend(kind: BackendKind, environment: NodeJS.ProcessEnv): Promise<BackendChoice | null> {
  try {
    const choice = await chooseBackend({ ...environment, FACET_BACKEND: kind.split(' ')[0] });
    return kind === kindOf(choice) || kind === 'tensorflow cpu' ? choice : null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function leaveAlone(run: PlannedRun, needs: BackendKind): PlannedRun {
  return { ...run, action: 'skip', needs, reason: `was trained on ${KIND_WORDS[needs]}; --change-backend goes on without` };
}

export const KIND_WORDS: Record<BackendKind, string> = {
  'tensorflow cpu': 'TensorFlow on the CPU',
  'tensorflow cuda': 'TensorFlow with CUDA',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};
