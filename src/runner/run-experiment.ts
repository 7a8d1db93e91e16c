// Carries out a planned sweep: records it, starts each run in a slot, and tells what became of it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from '../experiment/schema/schema.ts';
import type { ProgressMessage } from '../results/child-messages.ts';
import type { RunRequests } from '../results/leases/run-requests.ts';
import { experimentFolder, runFolder } from '../results/paths.ts';
import type { HalvingDecision, OutcomeRecord } from '../results/records.ts';
import { moveToTrash, reopenRun, writeExperimentRecord } from '../results/write-run.ts';
import { killAndWait } from './attempt/attempt.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import { type FollowedStop, followStop } from './follow-stop.ts';
import { createHalvingSource } from './halving/source.ts';
import { type Launching, launchRun } from './launch-run.ts';
import { createRunControl, type RunControl, type RunControlOptions } from './one-run/control.ts';
import type { PlannedRun } from './plan/plan.ts';
import type { Slot } from './plan/slots.ts';
import { createRetryPolicy, failureOf } from './schedule/policy.ts';
import { inOrder, type RunSource, type ScheduleEvent, type ScheduleResult, schedule } from './schedule/schedule.ts';

export type RunnerEvent =
  | ScheduleEvent<PlannedRun, Slot>
  | { type: 'progress'; run: PlannedRun; message: ProgressMessage }
  /** This run was stopped while it waited for its turn. */
  | { type: 'withdrawn'; run: PlannedRun; outcome: OutcomeRecord }
  /** This run has failed for good, and the experiment is to stop then: nothing more is started, the others save and leave. */
  | { type: 'failing-fast'; run: PlannedRun }
  /** Successive halving has decided about this run. `problem`: why that could not be written down. */
  | { type: 'decided'; run: PlannedRun; decision: HalvingDecision; problem?: string };

export interface RunExperimentOptions extends Launching {
  resultsRoot: string;
  experiment: Pick<Experiment, 'name' | 'description' | 'file' | 'execution' | 'halving'>;
  stop: StopSignals;
  /** What is asked of single runs; it is closed at the end. Absent: nothing. */
  requests?: RunRequests;
  planAgain?: RunControlOptions['planAgain'];
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
  const source = halving ?? inOrder(runs);
  const control = createRunControl({
    plan,
    stop: stop.signals,
    source,
    folderOf,
    planAgain: options.planAgain ?? (() => () => Promise.resolve()),
    onWithdrawn: (run, outcome) => onEvent({ type: 'withdrawn', run, outcome }),
  });
  try {
    return await schedule({
      source: createSource(source, { options, folderOf, stop, control }),
      slots,
      launch: (attempt) =>
        control.attempt(attempt.run, (its) =>
          launchRun(attempt, {
            options,
            folder: folderOf(attempt.run),
            place: plan.indexOf(attempt.run),
            halving,
            ...its,
            onProgress: (message) => onEvent({ type: 'progress', run: attempt.run, message }),
          }),
        ),
      connect(hands) {
        control.connect(hands);
        options.requests?.listen(control.take);
      },
      retry: createRetryPolicy(experiment.execution),
      gpusOf: nameGpus,
      wait: (ms, signal) => sleep(ms, undefined, { signal }),
      onEvent,
      signal: stop.signals.leave ? AbortSignal.any([stop.signals.graceful, stop.signals.leave]) : stop.signals.graceful,
    });
  } finally {
    options.requests?.close();
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
  control: RunControl;
}

/**
 * The runs to be started. A retry takes back the outcome in the run's folder; with failFast, a run that fails for good stops the
 * experiment.
 */
function createSource(runs: RunSource<PlannedRun>, { options, folderOf, stop, control }: SourceOptions): RunSource<PlannedRun> {
  const { failFast } = options.experiment.execution;
  return {
    ...runs,
    reopen(run, outcome) {
      reopenRun(folderOf(run), outcome);
      runs.reopen?.(run, outcome);
    },
    settleEnd(run, end) {
      runs.settleEnd?.(run, end);
      control.settle(run);
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
