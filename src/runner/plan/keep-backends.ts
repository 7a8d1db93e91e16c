// Runs that go on stay on the kind of backend on which they were trained so far: another one would change their last bits in silence.

import { UserError } from '../../experiment/user-error.ts';
import { type BackendChoice, type BackendKind, chooseBackend, KIND_WORDS, kindOf, nameOf } from '../../machine/backend.ts';
import { readBackendKind } from '../../results/engine-file.ts';
import { runFolder } from '../../results/paths.ts';
import { readRun } from '../../results/read.ts';
import { folderBefore, type PlannedRun } from './plan.ts';
import type { Slot } from './slots.ts';

export interface KeepBackendsOptions {
  resultsRoot: string;
  experiment: string;
  /** What new runs are trained on. */
  backend: BackendChoice;
  slots: readonly Slot[];
  /** Whether runs whose own backend is not here, or not asked for, go on with this one. */
  mayChange: boolean;
  environment?: NodeJS.ProcessEnv;
}

/**
 * Gives each run that goes on the backend that has trained it, as `backend`, if this machine has that and FACET_BACKEND asks for no
 * other. Otherwise the run is left alone, and `needs` names its kind of backend; with `mayChange` it goes on with today's.
 */
export async function keepBackends(plan: readonly PlannedRun[], options: KeepBackendsOptions): Promise<PlannedRun[]> {
  const { resultsRoot, experiment, backend, slots, mayChange, environment = process.env } = options;
  const today = slots[0]?.gpus?.length === 0 && backend.name === 'tensorflow' ? 'tensorflow cpu' : kindOf(backend);
  const isAsked = Boolean(environment.FACET_BACKEND?.trim());
  const found = new Map<BackendKind, BackendChoice | null>();
  const kept: PlannedRun[] = [];
  for (const run of plan) {
    const kind = readOwnKind(run, runFolder(resultsRoot, experiment, folderBefore(run)));
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

/** The kind of backend that has trained the run so far; null for a run that starts, or that is done. */
function readOwnKind({ action, state }: PlannedRun, folder: string): BackendKind | null {
  // Successive halving may still take up a run that it has stopped early.
  if (action === 'start' || (action === 'skip' && state !== 'stopped-early')) return null;
  const { record } = readRun(folder);
  return record && readBackendKind(folder, record);
}

/**
 * A backend of this kind on this machine, or null. TensorFlow for CUDA serves as one for the CPU, if it is shown no GPU. Where new runs
 * get no GPU, as with gpusPerRun: 0, there is none for those that go on either.
 */
async function findBackend(kind: BackendKind, environment: NodeJS.ProcessEnv): Promise<BackendChoice | null> {
  if (kind === 'tensorflow cuda') return null;
  try {
    const choice = await chooseBackend({ ...environment, FACET_BACKEND: nameOf(kind) });
    return kind === kindOf(choice) || kind === 'tensorflow cpu' ? choice : null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function leaveAlone(run: PlannedRun, needs: BackendKind): PlannedRun {
  return { ...run, action: 'skip', needs, reason: `was trained on ${KIND_WORDS[needs]}; --change-backend goes on without` };
}
