// Carries out a planned sweep: records it, starts each run in a slot, and tells what became of it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from '../experiment/schema/schema.ts';
import type { ProgressMessage } from '../results/child-messages.ts';
import { experimentFolder, runFolder } from '../results/paths.ts';
import type { HalvingDecision } from '../results/records.ts';
import { moveToTrash, reopenRun, writeExperimentRecord } from '../results/write-run.ts';
import { killAndWait } from './attempt/attempt.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import { type FollowedStop, followStop } from './follow-stop.ts';
import { createHalvingSource } from './halving/source.ts';
import { type Launching, launchRun } from './launch-run.ts';
import type { PlannedRun } from './plan/plan.ts';
import type { Slot } from './plan/slots.ts';
import { createRetryPolicy, failureOf } from './schedule/policy.ts';
import { inOrder, type RunSource, type ScheduleEvent, type ScheduleResult, schedule } from './schedule/schedule.ts';

export type RunnerEvent =
  | ScheduleEvent<PlannedRun, Slot>
  | { type: 'progress'; run: PlannedRun; message: ProgressMessage }
  /** This run has failed for good, and the experiment is to stop then: nothing more is started, the others save and leave. */
  | { type: 'failing-fast'; run: PlannedRun }
  /** Successive halving has decided about this run. `problem`: why that could not be written down. */
  | { type: 'decided'; run: PlannedRun; decision: HalvingDecision; problem?: string };

export interface RunExperimentOptions extends Launching {
  resultsRoot: string;
  experiment: Pick<Experiment, 'name' | 'description' | 'file' | 'execution' | 'halving'>;
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
        launchRun(attempt, {
          options,
          folder: folderOf(attempt.run),
          place: plan.indexOf(attempt.run),
          halving,
          stop: stop.signals,
          onProgress: (message) => onEvent({ type: 'progress', run: attempt.run, message }),
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
  const job = await find?.(folder, false);
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

function nameGpus({ gpus, adapter }: Slot): readonly string[] {
  if (gpus && gpus.length > 0) return gpus;
  return adapter ? [[adapter.name, ...Object.values(adapter.environment)].join(' ')] : [];
}
