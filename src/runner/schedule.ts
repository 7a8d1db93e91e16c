// Room: runner (pure). Gives runs to slots as these become free. What a launch does is an argument, so that nothing
// here knows of processes, clocks or files.

import type { OutcomeRecord } from '../results/records.ts';

/** How one attempt at a run ended. `stopped`: it was asked to stop, and will go on from its checkpoint another time. */
export type RunEnd = { kind: 'finished'; outcome: OutcomeRecord; problem?: string } | { kind: 'stopped' };

export type ScheduleEvent<Run, Slot> =
  | { type: 'launched'; run: Run; slot: Slot; attempt: number }
  /** The attempt crashed and the run is started again at once. */
  | { type: 'retrying'; run: Run; slot: Slot; attempt: number; outcome: OutcomeRecord }
  | { type: 'ended'; run: Run; slot: Slot; attempt: number; end: RunEnd };

export interface ScheduleOptions<Run, Slot> {
  /** In the order in which to start them. */
  runs: readonly Run[];
  slots: readonly Slot[];
  /** Carries out one attempt (from 1). A failed run is an end, not a rejection; a rejection is a bug and ends the schedule. */
  launch(run: Run, slot: Slot, attempt: number): Promise<RunEnd>;
  /** How often a crashed run is started again. */
  retries: number;
  onEvent?(event: ScheduleEvent<Run, Slot>): void;
  /** Once aborted nothing more is started; what is under way is waited for. */
  signal?: AbortSignal;
}

/** Resolves when every run has ended, or, after `signal`, when those under way have. Runs never started are absent from the result. */
export async function schedule<Run, Slot>({
  runs,
  slots,
  launch,
  retries,
  onEvent = () => {},
  signal,
}: ScheduleOptions<Run, Slot>): Promise<Map<Run, RunEnd>> {
  const ends = new Map<Run, RunEnd>();
  const waiting = runs[Symbol.iterator]();
  let broken = false;

  async function work(slot: Slot): Promise<void> {
    while (!broken && !signal?.aborted) {
      const next = waiting.next();
      if (next.done) return;
      ends.set(next.value, await attemptUntilEnded(next.value, slot));
    }
  }

  async function attemptUntilEnded(run: Run, slot: Slot): Promise<RunEnd> {
    for (let attempt = 1; ; attempt++) {
      onEvent({ type: 'launched', run, slot, attempt });
      const end = await launch(run, slot, attempt);
      if (end.kind === 'finished' && end.outcome.status === 'crashed' && attempt <= retries && !signal?.aborted) {
        onEvent({ type: 'retrying', run, slot, attempt, outcome: end.outcome });
        continue;
      }
      onEvent({ type: 'ended', run, slot, attempt, end });
      return end;
    }
  }

  const workers = slots.map((slot) =>
    work(slot).catch((error: unknown) => {
      broken = true;
      throw error;
    }),
  );
  const settled = await Promise.allSettled(workers);
  const rejected = settled.find((worker) => worker.status === 'rejected');
  if (rejected) throw rejected.reason;
  return ends;
}
