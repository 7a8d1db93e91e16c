// Carries out one attempt at a run of a sweep: chooses with what it computes, records that, and tells how it ended.

import { dirname, join } from 'node:path';
import type { Experiment, RunConfig } from '../experiment/schema/schema.ts';
import { parseDuration } from '../experiment/units.ts';
import { UserError } from '../experiment/user-error.ts';
import type { BackendChoice } from '../machine/backend.ts';
import type { ProgressMessage } from '../results/child-messages.ts';
import { readEngines } from '../results/engine-file.ts';
import { codeOf, describeProblem } from '../results/errors.ts';
import { syncFilesSoon } from '../results/files/write.ts';
import { readRun } from '../results/read.ts';
import type { DataRecord, Numerics, Provenance, RunRecord } from '../results/records.ts';
import { beginLongerRun, hasCheckpoint } from '../results/runs/begin-longer-run.ts';
import { carryOutAttempt } from './attempt/attempt.ts';
import { concludeHeld, concludeUnstarted } from './attempt/conclude.ts';
import { recordAttempt } from './attempt/record-attempt.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import type { HalvingSource } from './halving/source.ts';
import { requireReadable } from './plan/leave-unreadable.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from './plan/one-dnn.ts';
import { folderBefore, type PlannedRun } from './plan/plan.ts';
import type { Slot } from './plan/slots.ts';
import { type Begun, chooseThreads, offerThreads } from './plan/threads.ts';
import type { CodePatch } from './provenance/code.ts';
import type { Launch, LaunchEnd } from './schedule/schedule.ts';

/** What all runs of a sweep are started with. */
export interface Launching {
  experiment: Pick<Experiment, 'name' | 'execution'>;
  /** All runs of the experiment, in the order in which they start; those with the action 'skip' are left alone. */
  plan: readonly PlannedRun[];
  slots: readonly Slot[];
  executor: Executor;
  /** Without the fields that depend on the run and its slot. */
  provenance: Omit<Provenance, keyof Numerics>;
  /** The content of the patch that it names. */
  patch?: CodePatch | null;
  /** What is known of the data of a run. */
  describeData?: (config: RunConfig) => DataRecord | undefined;
  /** Whether runs may go on with another kind of backend than they were trained on. */
  mayChangeBackend?: boolean;
  /** How long a process may take to stop by itself before it is killed. */
  graceMs: number;
}

interface LaunchOptions {
  options: Launching;
  folder: string;
  /** Of the run in the plan, from 0. */
  place: number;
  halving: Pick<HalvingSource, 'pauseAfter'> | null;
  stop: StopSignals;
  /** Makes ready what this run needs beyond what the sweep was started with. Rejects with a UserError where it cannot go on. */
  prepare(): Promise<void>;
  onProgress(message: ProgressMessage): void;
}

/** Carries out one attempt at a run. An error of the system, such as a full disk, fails this run alone. */
export async function launchRun(
  { run, slot, attempt }: Launch<PlannedRun, Slot>,
  { options, folder, place, halving, stop, prepare, onProgress }: LaunchOptions,
): Promise<LaunchEnd> {
  const { experiment, plan, slots, executor, provenance, patch = null, graceMs } = options;
  const { timeout, stallTimeout } = experiment.execution;
  const isFirst = run.action === 'start' && attempt === 1;
  const common = {
    folder,
    limits: { timeoutMs: toMilliseconds(timeout), stallTimeoutMs: toMilliseconds(stallTimeout), graceMs },
    stop,
    onProgress,
  };
  try {
    const found = attempt === 1 ? await executor.find?.(folder, OPEN.has(run.state)) : null;
    if (found) return await carryOutAttempt(executor, { ...common, slot, found });
    if (stop.leave?.aborted) return { kind: 'stopped', outcome: null }; // it may have a job
    await prepare();
    if (run.needs) throw new UserError(`it ${run.reason}`);
    if (attempt === 1 && folderBefore(run) !== run.id) {
      const { id, point } = run;
      beginLongerRun(join(dirname(folder), folderBefore(run)), folder, { id, axes: point.axes, config: point.config });
    }
    const { record: former, begun } = isFirst ? { record: null, begun: null } : readFormer(folder);
    const { backend = provenance.backend } = run;
    // Halving takes runs up again and again: no round is known to be the last. A job has the cores that it asked for.
    const offered = halving || executor.outlivesRunner ? slot.threads : offerThreads({ place, runs: plan.length, slots, slot });
    const numerics = {
      threads: chooseThreads(offered, begun),
      oneDnn: chooseOneDnn(process.env, begun),
      maxCpuIsa: chooseMaxCpuIsa(process.env, begun),
    };
    // The point may differ from run.json in what the id does not cover, such as how often to sample.
    const { id, dataIdentity, point } = run;
    // A run that has learned from pictures goes on with those; only a run of a former version may not say which these are.
    const data = former !== null && hasCheckpoint(folder) ? former.data : options.describeData?.(point.config);
    const description = {
      id,
      experiment: experiment.name,
      axes: point.axes,
      config: point.config,
      dataIdentity,
      ...(data && { data }),
      ...(halving && { pauseAfterEpoch: halving.pauseAfter(run) }),
    };
    const unsynced = recordAttempt(folder, { run: description, former, provenance: { ...provenance, backend, ...numerics }, patch });
    const finishSync = syncFilesSoon(unsynced);
    const end = await carryOutAttempt(executor, {
      ...common,
      slot: { ...(run.backend ? placeOn(run.backend, slot) : slot), ...numerics, mayChangeBackend: options.mayChangeBackend ?? false },
    });
    return withProblem(end, await finishSync().then(() => undefined, describeProblem));
  } catch (error) {
    if (isOfSystem(error)) return concludeUnstarted(folder, error);
    if (error instanceof UserError) return concludeHeld(folder, error);
    throw error;
  }
}

/**
 * run.json of a run that goes on, null if it is missing or damaged, and what the run began with, which engine.json knows as well. Throws an
 * UnreadableFile.
 */
function readFormer(folder: string): { record: RunRecord | null; begun: Begun | null } {
  requireReadable(folder);
  const { record } = readRun(folder);
  const engine = readEngines(folder).at(-1);
  if (record || !engine) return { record, begun: record };
  const { threads, oneDnn, maxCpuIsa } = engine;
  return { record, begun: { provenance: { threads: threads ?? 0, oneDnn, maxCpuIsa } } };
}

/** The slot for a run that keeps a backend of its own. Where that is TensorFlow, it computes on the processor. */
function placeOn({ name }: BackendChoice, slot: Slot): Slot {
  return { ...slot, backend: name, ...(name === 'tensorflow' && { gpus: [] }) };
}

/** States of runs without an outcome. */
const OPEN: ReadonlySet<PlannedRun['state']> = new Set(['queued', 'running', 'interrupted']);

function toMilliseconds(duration: string | number | undefined): number | null {
  return duration === undefined ? null : parseDuration(duration)! * 1000;
}

/** Also where another error was made of it, as a WriteFailure. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return /^E[A-Z0-9]+$/.test(codeOf(error));
}

/** Adds to a run's end why its record may not survive a power cut; undefined: it will. */
function withProblem(end: LaunchEnd, problem: string | undefined): LaunchEnd {
  return problem === undefined || end.kind === 'paused' ? end : { ...end, problem: end.problem ?? problem };
}
