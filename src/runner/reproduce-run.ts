// Trains a run again, in a folder of its own.

import { readEngines, recordEngine } from '../results/engine-file.ts';
import { syncFiles } from '../results/files/write.ts';
import { readLastMetrics } from '../results/lines/metrics.ts';
import { readRun } from '../results/read.ts';
import type { Engine, RunRecord } from '../results/records.ts';
import { writeOutcome } from '../results/write-run.ts';
import { carryOutAttempt } from './attempt/attempt.ts';
import { type Attempt, recordAttempt } from './attempt/record-attempt.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import type { Slot } from './plan/slots.ts';
import type { RunnerEvent } from './run-experiment.ts';
import type { RunEnd } from './schedule/schedule.ts';

export interface ReproduceOptions extends Pick<Attempt, 'provenance' | 'patch'> {
  /** The folder of the repetition. One that was begun there before is continued. */
  folder: string;
  /** run.json of the original, with a configuration that is whole. */
  original: RunRecord;
  /** What the original began to compute with, where that is known: the repetition keeps its forms of convolution. */
  engine: Engine | undefined;
  /** The epoch after which the repetition ends, because the original came no further; null: the last of the configuration. */
  lastEpoch: number | null;
  slot: Slot;
  executor: Executor;
  /** How long the process may take to stop by itself before it is killed. */
  graceMs: number;
  stop: StopSignals;
  onEvent(event: Repeated<RunnerEvent>): void;
}

type Repeated<Event> = Event extends { run: unknown } ? Omit<Event, 'run' | 'slot'> : never;

/** Resolves with how the repetition ended. One that ended with `lastEpoch` gets the outcome 'stopped-early'. */
export async function reproduceRun(options: ReproduceOptions): Promise<RunEnd> {
  const { folder, original, engine, lastEpoch, provenance, patch } = options;
  const { slot, executor, graceMs, stop, onEvent } = options;
  const { id, experiment, axes, config, dataIdentity, data } = original;
  const run = { id, experiment, axes, config, dataIdentity, ...(data && { data }), pauseAfterEpoch: lastEpoch };
  await syncFiles(recordAttempt(folder, { run, former: readRun(folder).record, provenance, patch }));
  if (engine && readEngines(folder).length === 0) recordEngine(folder, engine);
  onEvent({ type: 'launched', attempt: 1 });
  const launched = await carryOutAttempt(executor, {
    folder,
    slot: { ...slot, mayChangeBackend: true }, // what this machine lacks has been said
    limits: { timeoutMs: null, stallTimeoutMs: null, graceMs },
    stop,
    onProgress: (message) => onEvent({ type: 'progress', message }),
  });
  const end: RunEnd = launched.kind === 'paused' ? concludePause(folder) : launched;
  onEvent({ type: 'ended', attempt: 1, end });
  return end;
}

function concludePause(folder: string): RunEnd {
  const { step = 0, epoch = 0, seconds = 0, imagesPerSecond = null } = readLastMetrics(folder) ?? {};
  const outcome = {
    status: 'stopped-early' as const,
    message: `Came as far as the original: to the end of epoch ${epoch}.`,
    finishedAt: new Date().toISOString(),
    steps: step,
    epochs: epoch,
    seconds,
    imagesPerSecond,
  };
  writeOutcome(folder, outcome);
  return { kind: 'finished', outcome };
}
