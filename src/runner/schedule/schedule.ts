// (pure) Gives runs to slots as these become free, and decides what a failure leads to. What a launch does
// and how time passes are arguments, so that nothing here knows of processes, clocks or files.

import type { Failure, OutcomeRecord } from '../../results/records.ts';
import { createGpuHealth, type EndedAttempt } from './gpu-health.ts';
import { decideRetry, failureOf, NO_RETRIES, type RetryPolicy } from './policy.ts';

/**
 * How one attempt at a run ended. stopped: it was asked to, and goes on from its checkpoint another time; `outcome` is
 * null where it had not begun. `problem`: what could not be written down about it. `isUnstarted`: no process of it ever
 * worked, so that its failure says nothing about the slot's GPUs. `isHopeless`: another attempt would end in the same way.
 * `isLeftAlone`: the run itself has not failed; it could not be touched, and nothing was written about it.
 */
export type RunEnd =
  | { kind: 'finished'; outcome: OutcomeRecord; problem?: string; isUnstarted?: boolean; isHopeless?: boolean; isLeftAlone?: boolean }
  | { kind: 'stopped'; outcome: OutcomeRecord | null; problem?: string };

/** paused: the run has reached the epoch after which it waits for a decision. */
export type LaunchEnd = RunEnd | { kind: 'paused' };

export type ScheduleEvent<Run, Slot> =
  | { type: 'launched'; run: Run; slot: Slot; attempt: number }
  /** The attempt failed, and the run is started again after `delayMs`. Comes after `ended` where its GPU is blamed only later. */
  | { type: 'retrying'; run: Run; slot: Slot; attempt: number; outcome: OutcomeRecord; delayMs: number }
  | { type: 'ended'; run: Run; slot: Slot; attempt: number; end: RunEnd }
  /** Nothing more is started on this GPU. `run`: the last that failed on it. */
  | { type: 'gpu-set-aside'; gpu: string; reason: string; run: Run; slot: Slot };

/** Where the runs come from. */
export interface RunSource<Run> {
  /** Takes the run to start next; undefined where none waits now. `isIdle`: no run is under way either. */
  take(isIdle: boolean): Run | undefined;
  /** Decides what a pause means, before the next run is taken. A run that is to go on now or later is taken again. */
  settlePause?(run: Run): RunEnd;
  /** The run has ended for good, unless its GPU is blamed later. Comes after the event. */
  settleEnd?(run: Run, end: RunEnd): void;
  /** A failed run is to be started again, also one that had ended for good: it has no outcome any more. Comes before the event. */
  reopen?(run: Run, outcome: OutcomeRecord): void;
  /**
   * The run is not given out until somebody asks for it again (resume). Returns whether it waited here for that; it may as well be under
   * way, or have ended.
   */
  withdraw(run: Run): boolean;
  /** A run that was withdrawn, has ended, or was never to be given out is wanted again. False where the source gives it out by itself. */
  resume?(run: Run): boolean;
}

export function inOrder<Run>(runs: Iterable<Run>): RunSource<Run> {
  const waiting = new Set(runs);
  return {
    take() {
      const [next] = waiting;
      if (next !== undefined) waiting.delete(next);
      return next;
    },
    withdraw: (run) => waiting.delete(run),
  };
}

/** What may be asked of a schedule while it goes on. */
export interface ScheduleHands<Run> {
  /** A run that waits to be tried again ends so instead. False where it does not wait for that. */
  withdraw(run: Run, end: RunEnd): boolean;
  /** Starts a run once more, whatever became of it: not under way, and nowhere waiting. False where nothing is started any more. */
  takeUp(run: Run): boolean;
  /** Whether it was started here, and is not to be tried again. */
  hasEnded(run: Run): boolean;
}

export interface Launch<Run, Slot> {
  run: Run;
  slot: Slot;
  /** From 1. */
  attempt: number;
}

export interface ScheduleOptions<Run, Slot> {
  source: RunSource<Run>;
  slots: readonly Slot[];
  /** Carries out one attempt. A failed run is an end, not a rejection; a rejection is a bug and ends the schedule. */
  launch(attempt: Launch<Run, Slot>): Promise<LaunchEnd>;
  retry?: RetryPolicy;
  /** The GPUs of a slot, by uuid. A slot with one on which runs keep failing gets nothing more. */
  gpusOf?(slot: Slot): readonly string[];
  /** Resolves after so many milliseconds, or rejects once the signal is aborted. */
  wait?(ms: number, signal: AbortSignal): Promise<unknown>;
  onEvent?(event: ScheduleEvent<Run, Slot>): void;
  /** Called once, before anything is started. What it is given does nothing once the schedule has resolved. */
  connect?(hands: ScheduleHands<Run>): void;
  /** Once aborted nothing more is started; what is under way is waited for. */
  signal?: AbortSignal;
}

export interface ScheduleResult<Run> {
  /** How each run that was started has ended. */
  ends: Map<Run, RunEnd>;
  /** GPU -> why nothing more was started on it. */
  gpusSetAside: Map<string, string>;
  /** Runs were left because every slot has lost a GPU. */
  isOutOfGpus: boolean;
}

type FailedAttempt<Run> = EndedAttempt<Run> & { status: Failure };

interface Attempts<Slot> {
  attempt: number;
  /** Those that count against the retries allowed. */
  failures: Set<EndedAttempt<unknown>>;
  /** Of the last attempt. */
  slot: Slot;
  failedOn: Set<string>;
}

/** Resolves when every run has ended, or, once nothing more may be started, when those under way have. */
export function schedule<Run, Slot>(options: ScheduleOptions<Run, Slot>): Promise<ScheduleResult<Run>> {
  const { source, slots, launch, retry = NO_RETRIES } = options;
  const { gpusOf = () => [], wait = () => Promise.resolve(), onEvent = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  const ends = new Map<Run, RunEnd>();
  const gpusSetAside = new Map<string, string>();
  const health = createGpuHealth<Run>();
  const attempts = new Map<Run, Attempts<Slot>>();
  const idle = new Set(slots);
  const again: Run[] = [];
  const delayed = new Set<Run>();
  const ending = new AbortController(); // of the waits
  let underWay = 0;
  let bug: { error: unknown } | undefined;
  let settle: () => void;
  let isOver = false;

  const isUsable = (slot: Slot) => !gpusOf(slot).some(health.isSetAside);
  const mayStart = () => !bug && !signal.aborted;

  return new Promise((resolve, reject) => {
    settle = () => {
      isOver = true;
      if (bug) reject(bug.error);
      else resolve({ ends, gpusSetAside, isOutOfGpus: slots.length > 0 && !slots.some(isUsable) });
    };
    signal.addEventListener('abort', proceed, { once: true });
    options.connect?.({ withdraw, takeUp, hasEnded: (run) => ends.has(run) });
    proceed();
  });

  /** Fills the free slots. Resolves the schedule once nothing is left to wait for. */
  function proceed(): void {
    for (const slot of slots) {
      if (!mayStart() || !idle.has(slot) || !isUsable(slot)) continue;
      const run = takeAgain(slot) ?? source.take(underWay + delayed.size + again.length === 0);
      if (run !== undefined) start(run, slot);
    }
    if (underWay > 0 || (delayed.size > 0 && mayStart() && slots.some(isUsable))) return;
    signal.removeEventListener('abort', proceed);
    ending.abort();
    for (const run of [...delayed, ...again]) ends.set(run, { kind: 'stopped', outcome: null });
    settle();
  }

  /** The first run to be tried again that suits this slot. A run waits for a GPU on which it has not failed, as long as one is left. */
  function takeAgain(slot: Slot): Run | undefined {
    const suits = (run: Run, place: Slot) => !gpusOf(place).some((gpu) => attempts.get(run)?.failedOn.has(gpu));
    const at = again.findIndex((run) => suits(run, slot) || !slots.some((other) => isUsable(other) && suits(run, other)));
    return at === -1 ? undefined : again.splice(at, 1)[0];
  }

  function start(run: Run, slot: Slot): void {
    const former = attempts.get(run) ?? { attempt: 0, failures: new Set(), failedOn: new Set() };
    const { attempt } = former;
    attempts.set(run, { ...former, attempt: attempt + 1, slot });
    idle.delete(slot);
    underWay++;
    onEvent({ type: 'launched', run, slot, attempt: attempt + 1 });
    launch({ run, slot, attempt: attempt + 1 })
      .then((end) => conclude(run, slot, end))
      .catch((error: unknown) => {
        bug ??= { error };
      })
      .finally(() => {
        idle.add(slot);
        underWay--;
        proceed();
      });
  }

  function conclude(run: Run, slot: Slot, launchEnd: LaunchEnd): void {
    const end = launchEnd.kind === 'paused' ? source.settlePause!(run) : launchEnd;
    const failure = toFailure(end);
    const failed: FailedAttempt<Run> | null = failure && { run, status: failure };
    const blamed = isUnstarted(end) || !end.outcome ? [] : health.note(gpusOf(slot), failed ?? { run, status: end.outcome.status });
    for (const { gpu, reason } of blamed) {
      gpusSetAside.set(gpu, reason);
      onEvent({ type: 'gpu-set-aside', gpu, reason, run, slot });
    }
    // An attempt that failed on a broken GPU costs no retry. Its run is started again on another GPU.
    const excused = new Set(blamed.flatMap(({ failures }) => failures));
    for (const attempt of excused) attempts.get(attempt.run)!.failures.delete(attempt);
    if (!failed || !tryAgain(failed, end, excused.has(failed))) finish(run, slot, end);
    for (const other of new Set([...excused].map((attempt) => attempt.run))) {
      const former = other === run ? undefined : ends.get(other);
      const status = former && toFailure(former);
      if (former && status && tryAgain({ run: other, status }, former, true)) ends.delete(other);
    }
  }

  function finish(run: Run, slot: Slot, end: RunEnd): void {
    ends.set(run, end);
    onEvent({ type: 'ended', run, slot, attempt: attempts.get(run)!.attempt, end });
    source.settleEnd?.(run, end);
  }

  /**
   * Has a failed run started again: where its GPU is to blame, at once and on another GPU, which counts as no retry; else as the policy
   * says. False where it is not.
   */
  function tryAgain(failed: FailedAttempt<Run>, end: RunEnd, isGpuToBlame: boolean): boolean {
    if (end.kind !== 'finished' || end.isHopeless || !mayStart() || !slots.some(isUsable)) return false;
    const { run } = failed;
    const { slot, attempt, failedOn, failures } = attempts.get(run)!;
    for (const gpu of gpusOf(slot)) failedOn.add(gpu);
    if (!isGpuToBlame) failures.add(failed);
    const decision = isGpuToBlame ? { delayMs: 0 } : decideRetry(failed.status, failures.size, retry);
    if (decision === null) return false;
    source.reopen?.(run, end.outcome);
    onEvent({ type: 'retrying', run, slot, attempt, outcome: end.outcome, delayMs: decision.delayMs });
    if (decision.delayMs === 0) again.push(run);
    else delay(run, decision.delayMs);
    return true;
  }

  function withdraw(run: Run, end: RunEnd): boolean {
    const at = again.indexOf(run);
    if (at !== -1) again.splice(at, 1);
    else if (!delayed.delete(run)) return false;
    const last = attempts.get(run);
    if (last) finish(run, last.slot, end);
    proceed();
    return true;
  }

  function takeUp(run: Run): boolean {
    if (isOver || !mayStart()) return false;
    const former = attempts.get(run);
    if (former) attempts.set(run, { ...former, failures: new Set(), failedOn: new Set() });
    ends.delete(run);
    again.push(run);
    proceed();
    return true;
  }

  function delay(run: Run, delayMs: number): void {
    delayed.add(run);
    wait(delayMs, ending.signal).then(
      () => {
        if (ending.signal.aborted || !delayed.delete(run)) return;
        again.push(run);
        proceed();
      },
      () => {}, // settled meanwhile
    );
  }
}

/** The failure in which an attempt ended; null where it ended in none. */
function toFailure(end: RunEnd): Failure | null {
  return end.kind === 'finished' ? failureOf(end.outcome) : null;
}

function isUnstarted(end: RunEnd): boolean {
  return end.kind === 'finished' && end.isUnstarted === true;
}
