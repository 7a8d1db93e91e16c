// Room: runner. Carries out what was planned: records it, starts each run in a slot, and says what became of it.

import { parseDuration } from '../experiment/duration.ts';
import type { Experiment } from '../experiment/schema.ts';
import { experimentFolder, runFolder } from '../results/paths.ts';
import { readRun } from '../results/read.ts';
import type { ProgressMessage, Provenance, RunRecord } from '../results/records.ts';
import { setAside, writeExperimentRecord, writeRunRecord } from '../results/write-run.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import type { PlannedRun } from './plan.ts';
import { type RunEnd, type ScheduleEvent, schedule } from './schedule.ts';
import type { Slot } from './slots.ts';
import { chooseThreads } from './threads.ts';

export type RunnerEvent = ScheduleEvent<PlannedRun, Slot> | { type: 'progress'; run: PlannedRun; message: ProgressMessage };

export interface RunExperimentOptions {
  resultsRoot: string;
  experiment: Pick<Experiment, 'name' | 'description' | 'file' | 'execution'>;
  /** All runs of the experiment, in its order; those with the action 'skip' are left alone. */
  plan: readonly PlannedRun[];
  slots: readonly Slot[];
  executor: Executor;
  /** All of it but the threads, which depend on the slot. */
  provenance: Omit<Provenance, 'threads'>;
  stop: StopSignals;
  onEvent(event: RunnerEvent): void;
}

/** Writes experiment.json: what the sweep consists of, also before its data is packed or a run has begun. */
export function recordExperiment({
  resultsRoot,
  experiment,
  plan,
}: Pick<RunExperimentOptions, 'resultsRoot' | 'experiment' | 'plan'>): void {
  const { name, description, file } = experiment;
  writeExperimentRecord(experimentFolder(resultsRoot, name), {
    ...{ format: 1, name, description: description ?? null, file, startedAt: new Date().toISOString() },
    runs: plan.map(({ id, point }) => ({ id, axes: point.axes })),
  });
}

/**
 * Resolves when all runs have ended or, after a stop, those under way. The caller holds the experiment's lease.
 * The result holds the runs that were started.
 */
export async function runExperiment(options: RunExperimentOptions): Promise<Map<PlannedRun, RunEnd>> {
  const { resultsRoot, experiment, plan, slots, executor, provenance, stop, onEvent } = options;
  const timeoutSeconds = experiment.execution.timeout === undefined ? undefined : parseDuration(experiment.execution.timeout);
  const timeoutMs = timeoutSeconds === undefined ? null : timeoutSeconds * 1000;
  const runs = plan.filter((run) => run.action !== 'skip');
  for (const run of runs) {
    if (run.action === 'start' && run.state !== 'queued') setAside(runFolder(resultsRoot, experiment.name, run.id), new Date());
  }
  return schedule({
    runs,
    slots,
    retries: experiment.execution.retries,
    signal: stop.graceful,
    onEvent,
    launch(run, slot, attempt) {
      const folder = runFolder(resultsRoot, experiment.name, run.id);
      const isFirst = run.action === 'start' && attempt === 1;
      const former = isFirst ? null : readRun(folder).record;
      const threads = chooseThreads(slot.threads, former);
      recordAttempt(folder, { run, former, experiment: experiment.name, provenance: { ...provenance, threads } });
      return executor.launch({
        folder,
        slot: { ...slot, threads },
        timeoutMs,
        stop,
        onProgress: (message) => onEvent({ type: 'progress', run, message }),
      });
    },
  });
}

interface Attempt {
  run: PlannedRun;
  /** run.json so far, where the run goes on. */
  former: RunRecord | null;
  experiment: string;
  provenance: Provenance;
}

/** run.json tells how the run was started; a later attempt adds under what it went on. */
function recordAttempt(folder: string, { run, former, experiment, provenance }: Attempt): void {
  const { id, dataIdentity } = run;
  const { axes, config } = run.point; // may be newer than run.json in what the id does not cover, as how often to sample
  writeRunRecord(folder, {
    ...{ format: 1, id, experiment, axes, config, dataIdentity, provenance },
    ...(former && { provenance: former.provenance, resumptions: [...(former.resumptions ?? []), provenance] }),
  });
}
