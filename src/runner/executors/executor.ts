// Room: runner. What every way of carrying out a run promises. local.ts starts a process here; others may queue it elsewhere.

import type { ProgressMessage } from '../../results/records.ts';
import type { Slot } from '../plan/slots.ts';
import type { LaunchEnd } from '../schedule/schedule.ts';

export interface LaunchRequest {
  /** The run folder, with its run.json. It is all that a child is given. */
  folder: string;
  slot: Slot;
  /** After so long the run is stopped and counts as timed out; null: never. */
  timeoutMs: number | null;
  /** After so long without a message or a metric, from the start on, the run is stopped and counts as stalled; null: never. */
  stallTimeoutMs: number | null;
  stop: StopSignals;
  /** Progress that may be lost. */
  onProgress(message: ProgressMessage): void;
}

/** A string as the reason of an aborted signal names who asked, for a person: "Ctrl-C". */
export interface StopSignals {
  /** Finish the step, save, leave. */
  graceful: AbortSignal;
  /** Leave at once. */
  forced: AbortSignal;
}

export interface Executor {
  /** One attempt at a run. However it ends, it resolves: with the outcome, which is then also in the folder, as stopped, or as paused. */
  launch(request: LaunchRequest): Promise<LaunchEnd>;
}
