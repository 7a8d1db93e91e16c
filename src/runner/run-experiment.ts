// Carries out a planned sweep: records it, starts each run in a slot, and tells what became of it.

import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from '../experiment/schema/schema.ts';
import { parseDuration } from '../experiment/units.ts';
import { UserError } from '../experiment/user-error.ts';
import type { BackendChoice } from '../machine/backend.ts';
import type { ProgressMessage } from '../results/child-messages.ts';
import { readEngines } from '../results/engine-file.ts';
import { codeOf } from '../results/errors.ts';
import { syncFilesSoon } from '../results/files/write.ts';
import { experimentFolder, runFolder } from '../results/paths.ts';
import { readRun } from '../results/read.ts';
import type { HalvingDecision, Numerics, Provenance, RunRecord } from '../results/records.ts';
import { beginLongerRun } from '../results/runs/begin-longer-run.ts';
import { moveToTrash, reopenRun, writeExperimentRecord } from '../results/write-run.ts';
import { carryOutAttempt, killAndWait } from './attempt/attempt.ts';
import { concludeHeld, concludeUnstarted } from './attempt/conclude.ts';
import { recordAttempt } from './attempt/record-attempt.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import { type FollowedStop, followStop } from './follow-stop.ts';
import { createHalvingSource, type HalvingSource } from './halving/source.ts';
import { requireReadable } from './plan/leave-unreadable.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from './plan/one-dnn.ts';
import { folderBefore, type PlannedRun } from './plan/plan.ts';
import type { Slot } from './plan/slots.ts';
import { type Begun, chooseThreads, offerThreads } from './plan/threads.ts';
import type { CodePatch } from './provenance/code.ts';
import { createRetryPolicy, failureOf } from './schedule/policy.ts';
import {
  inOrder,
  type Launch,
  type LaunchEnd,
  type RunSource,
  type ScheduleEvent,
  type ScheduleResult,
  schedule,
} from './schedule/schedule.ts';

export type RunnerEvent =
  | ScheduleEvent<PlannedRun, Slot>
  | { type: 'progress'; run: PlannedRun; message: ProgressMessage }
  /** This run has failed for good, and the experiment is to stop then: nothing more is started, the others save and leave. */
  | { type: 'failing-fast'; run: PlannedRun }
  /** Successive halving has decided about this run. `problem`: why that could not be written down. */
  | { type: 'decided'; run: PlannedRun; decision: HalvingDecision; problem?: string };

export interface RunExperimentOptions {
  resultsRoot: string;
  experiment: Pick<Experiment, 'name' | 'description' | 'file' | 'execution' | 'halving'>;
  /** All runs of the experiment, in the order in which they start; those with the action 'skip' are left alone. */
  plan: readonly PlannedRun[];
  slots: readonly Slot[];
  executor: Executor;
  /** Without the fields that depend on the run and its slot. */
  provenance: Omit<Provenance, keyof Numerics>;
  /** The content of the patch that it names. */
  patch?: CodePatch | null;
  /** Whether runs may go on with another kind of backend than they were trained on. */
  mayChangeBackend?: boolean;
  /** How long a process may take to stop by itself before it is killed. */
  graceMs: number;
  stop: StopSignals;
  onEvent(event: RunnerEvent): void;
}

/** Writes experiment.json: the runs of the sweep. It is there before the data are packed and before a run begins. */
export function recordExperiment({
  resultsRoot,
  experiment,
  plan,
  command,
}: Pick<RunExperimentOptions, 'resultsRoot' | 'experiment' | 'plan'> & { command: string[] }): void {
  const { name, description, file } = experiment;
  writeExperimentRecord(experimentFolder(resultsRoot, name), {
    format: 1,
    name,
    description: description ?? null,
    file,
    startedAt: new Date().toISOString(),
    command,
    workingDirectory: process.cwd(),
    runs: plan.map(({ id, point }) => ({ id, axes: point.axes })),
  });
}

/**
 * Resolves when all runs have ended or, after a stop, those under way. The caller holds the experiment's lease.
 * The result holds the runs that were started.
 */
export async function runExperiment(options: RunExperimentOptions): Promise<ScheduleResult<PlannedRun>> {
  const { resultsRoot, experiment, plan, slots, onEvent } = options;
  const folderOf = (run: PlannedRun) => runFolder(resultsRoot, experiment.name, run.id);
  const runs = plan.filter((run) => run.action !== 'skip');
  for (const run of runs) if (run.action === 'start' && run.state !== 'queued') await setAside(folderOf(run), options.executor);
  const halving = experiment.halving
    ? createHalvingSource({
        plan,
        folderOf,
        halving: experiment.halving,
        experimentFolder: experimentFolder(resultsRoot, experiment.name),
        onDecision: (run, decision, problem) => onEvent({ type: 'decided', run, decision, ...(problem && { problem }) }),
      })
    : null;
  const stop = followStop(options.stop);
  try {
    return await schedule({
      source: createSource(halving ?? inOrder(runs), { options, folderOf, stop }),
      slots,
      launch: (attempt) =>
        launch(attempt, {
          options,
          folder: folderOf(attempt.run),
          place: plan.indexOf(attempt.run),
          halving,
          stop: stop.signals,
        }),
      retry: createRetryPolicy(experiment.execution),
      gpusOf: nameGpus,
      wait: (ms, signal) => sleep(ms, undefined, { signal }),
      onEvent,
      signal: stop.signals.leave ? AbortSignal.any([stop.signals.graceful, stop.signals.leave]) : stop.signals.graceful,
    });
  } finally {
    halving?.close();
    stop.release();
  }
}

/** Moves a run's folder to the trash. A job that still works there, or is to, is ended first. */
async function setAside(folder: string, { find }: Executor): Promise<void> {
  const job = await find?.(folder);
  if (job) await killAndWait(job);
  moveToTrash(folder, new Date());
}

interface SourceOptions {
  options: RunExperimentOptions;
  folderOf(run: PlannedRun): string;
  stop: FollowedStop;
}

/**
 * The runs to be started. A retry takes back the outcome in the run's folder; with failFast, a run that fails for good stops the
 * experiment.
 */
function createSource(runs: RunSource<PlannedRun>, { options, folderOf, stop }: SourceOptions): RunSource<PlannedRun> {
  const { failFast } = options.experiment.execution;
  return {
    ...runs,
    reopen(run, outcome) {
      reopenRun(folderOf(run), outcome);
      runs.reopen?.(run, outcome);
    },
    settleEnd(run, end) {
      runs.settleEnd?.(run, end);
      if (!failFast || stop.signals.graceful.aborted || end.kind !== 'finished' || end.isLeftAlone || !failureOf(end.outcome)) return;
      options.onEvent({ type: 'failing-fast', run });
      stop.request({ kind: 'graceful', by: `failFast, as ${run.id} failed` });
    },
  };
}

interface LaunchOptions {
  options: RunExperimentOptions;
  folder: string;
  /** Of the run in the plan, from 0. */
  place: number;
  halving: HalvingSource | null;
  stop: StopSignals;
}

/** Carries out one attempt at a run. An error of the system, such as a full disk, fails this run alone. */
async function launch(
  { run, slot, attempt }: Launch<PlannedRun, Slot>,
  { options, folder, place, halving, stop }: LaunchOptions,
): Promise<LaunchEnd> {
  const { experiment, plan, slots, executor, provenance, patch = null, graceMs, onEvent } = options;
  const { timeout, stallTimeout } = experiment.execution;
  const isFirst = run.action === 'start' && attempt === 1;
  const common = {
    folder,
    limits: { timeoutMs: toMilliseconds(timeout), stallTimeoutMs: toMilliseconds(stallTimeout), graceMs },
    stop,
    onProgress: (message: ProgressMessage) => onEvent({ type: 'progress', run, message }),
  };
  try {
    const found = attempt === 1 ? await executor.find?.(folder) : null;
    if (found) return await carryOutAttempt(executor, { ...common, slot, found });
    if (run.needs) throw new UserError(`it ${run.reason}`);
    if (attempt === 1 && folderBefore(run) !== run.id) {
      const { id, point } = run;
      beginLongerRun(join(dirname(folder), folderBefore(run)), folder, { id, axes: point.axes, config: point.config });
    }
    const { record: former, begun } = isFirst ? { record: null, begun: null } : readFormer(folder);
    const { backend = provenance.backend } = run;
    // Halving takes runs up again and again: no round is known to be the last.
    const offered = halving ? slot.threads : offerThreads({ place, runs: plan.length, slots, slot });
    const numerics = {
      threads: chooseThreads(offered, begun),
      oneDnn: chooseOneDnn(process.env, begun),
      maxCpuIsa: chooseMaxCpuIsa(process.env, begun),
    };
    // The point may differ from run.json in what the id does not cover, such as how often to sample.
    const { id, dataIdentity, point } = run;
    const description = {
      id,
      experiment: experiment.name,
      axes: point.axes,
      config: point.config,
      dataIdentity,
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

function toMilliseconds(duration: string | number | undefined): number | null {
  return duration === undefined ? null : parseDuration(duration)! * 1000;
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return /^E[A-Z0-9]+$/.test(codeOf(error));
}

function describeProblem(error: Error): string {
  return error.message;
}

/** Adds to a run's end why its record may not survive a power cut; undefined: it will. */
function withProblem(end: LaunchEnd, problem: string | undefined): LaunchEnd {
  return problem === undefined || end.kind === 'paused' ? end : { ...end, problem: end.problem ?? problem };
}

function nameGpus({ gpus, adapter }: Slot): readonly string[] {
  if (gpus && gpus.length > 0) return gpus;
  return adapter ? [[adapter.name, ...Object.values(adapter.environment)].join(' ')] : [];
}
