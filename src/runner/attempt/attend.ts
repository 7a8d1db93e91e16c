// Stays with a job until it has ended, and asks it to stop where that is due. The folder is the truth: what an executor says of a job may
// be late, wrong or missing, unless it is sure (settleMs: 0).

import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { readLiveLease } from '../../results/leases/lease.ts';
import { leaseFile, outcomeFile } from '../../results/paths.ts';
import { requestRunStop } from '../../results/write-run.ts';
import type { AttemptLimits, Executor, Job, JobExit, JobState, StopSignals } from '../executors/executor.ts';
import type { Alarm } from './alarm.ts';
import type { ChildExit } from './conclude.ts';
import type { FolderWatch } from './folder-watch.ts';

export interface Limits extends AttemptLimits {
  /** Of the run's training in all its attempts, former ones as their metrics tell it, this one by the clock; null: none. */
  timeoutMs: number | null;
  /** After so long without a message or a metric, from the start on, the run is stopped and counts as stalled; null: never. */
  stallTimeoutMs: number | null;
  /** How long a process may take to stop by itself before it is killed. */
  graceMs: number;
}

export interface Attendance {
  executor: Pick<Executor, 'settleMs' | 'pollEveryMs'>;
  folder: string;
  limits: Limits;
  stop: StopSignals;
  /** Milliseconds of training in former attempts. */
  usedMs: number;
  /** Rings when the state of the job may have changed. */
  alarm: Alarm;
  watch: FolderWatch;
  /** Whether somebody else holds the folder. */
  isTakenOver(): boolean;
}

/**
 * Resolves with how the job ended. taken-over: it was killed because another process has taken its folder. left: it goes on, and nobody
 * stays with it.
 */
export async function attend(job: Job, attendance: Attendance): Promise<ChildExit | 'taken-over' | 'left'> {
  const { executor, folder, limits, stop, usedMs, alarm, watch } = attendance;
  const { timeoutMs, stallTimeoutMs } = limits;
  const { settleMs, pollEveryMs } = executor;
  const stopper = createStopper(job, { folder, graceMs: limits.graceMs });
  const endListening = listen(stop, stopper, alarm);
  let last: JobState = { state: 'unknown' };
  let beganMs: number | null = null;
  try {
    for (;;) {
      const answer = await askState(job);
      if (answer.state !== 'unknown') {
        if (answer.state === 'pending' && last.state !== 'pending') watch.tellQueued();
        last = answer;
      }
      if (last.state === 'pending')
        watch.restartClock(); // the time limits count from its turn on
      else beganMs ??= performance.now();
      if (last.state !== 'ended' || settleMs > 0) watch.look();
      if (attendance.isTakenOver()) {
        stopper.kill();
        return 'taken-over';
      }
      if (stop.leave?.aborted && !stop.graceful.aborted) return 'left';
      if (hasEnded()) return { ...stopper.reason(), ...exitOf(last), timeoutMs, stallTimeoutMs };
      const leftMs =
        timeoutMs === null ? Number.POSITIVE_INFINITY : timeoutMs - usedMs - (beganMs === null ? 0 : performance.now() - beganMs);
      if (leftMs <= 0) stopper.ask('timed-out');
      if (stallTimeoutMs !== null && watch.stalledMs() >= stallTimeoutMs) stopper.ask('stalled');
      const killInMs = stopper.killWhenDue(settleMs > 0);
      const looks = [pollEveryMs, ...(settleMs > 0 ? [settleMs / 4] : []), ...(stallTimeoutMs === null ? [] : [stallTimeoutMs / 8])];
      const restMs = Math.max(SHORTEST_REST_MS, Math.min(...looks, killInMs, leftMs > 0 ? leftMs : pollEveryMs));
      const startMs = performance.now();
      await alarm.wait(restMs);
      const stoodStillMs = performance.now() - startMs - restMs;
      if (stoodStillMs > SUSPENDED_MS) {
        watch.restartClock();
        stopper.grant(stoodStillMs);
        if (beganMs !== null) beganMs += stoodStillMs;
      }
    }
  } finally {
    endListening();
  }

  /**
   * Whether the job is over beyond doubt. Where the executor can be wrong, a job that may live is left alone, and one that seems to be
   * over is killed.
   */
  function hasEnded(): boolean {
    if (settleMs === 0 || (last.state === 'ended' && last.isCertain)) return last.state === 'ended';
    const isSaidToEnd = last.state === 'ended' || (stopper.isKilled() && last.state === 'running');
    const hasOutcome = existsSync(outcomeFile(folder)); // it is written last
    const isQuiet = watch.quietMs() >= settleMs;
    const mayLive = !stopper.isKilled() && readLiveLease(leaseFile(folder)) !== null;
    const isOver = hasOutcome ? last.state === 'ended' || isQuiet : isSaidToEnd && isQuiet && !mayLive;
    if (isOver) stopper.kill();
    return isOver;
  }
}

const SHORTEST_REST_MS = 5;
/**
 * A look that comes so much later than planned: this process was suspended (Ctrl-Z, SLURM, docker pause, a paused machine), and the job
 * most likely with it. No time limit counts that.
 */
const SUSPENDED_MS = 1_000;
/** An executor that takes longer to answer counts as one that does not know. */
export const PATIENCE_MS = 30_000;

interface Stopper {
  /** Asks the job to save and leave, and notes why. Does nothing the second time. */
  ask(why: ChildExit['ended'], reason?: unknown): void;
  /** Kills the job, and notes why where it has not been asked before. */
  force(reason: unknown): void;
  kill(): void;
  isKilled(): boolean;
  /**
   * Kills the job once its time to leave is over. Returns the milliseconds until then. `again`: kills it again, as an executor may lose a
   * request.
   */
  killWhenDue(again: boolean): number;
  /** Gives a job that has been asked to leave so much more time. */
  grant(ms: number): void;
  reason(): Pick<ChildExit, 'ended' | 'by'>;
}

function createStopper(job: Job, { folder, graceMs }: { folder: string; graceMs: number }): Stopper {
  let ended: ChildExit['ended'] = 'by-itself';
  let by: string | undefined;
  let killAtMs = Number.POSITIVE_INFINITY;
  let isKilled = false;
  const note = (why: ChildExit['ended'], reason: unknown) => {
    ended = why;
    by = typeof reason === 'string' ? reason : undefined;
  };
  const kill = () => {
    isKilled = true;
    tryTo(() => job.kill());
  };
  return {
    ask(why, reason) {
      if (ended !== 'by-itself') return;
      note(why, reason);
      killAtMs = performance.now() + graceMs;
      tryTo(() => job.stop());
      requestRunStop(folder, by ?? why);
    },
    force(reason) {
      if (ended === 'by-itself') note('stopped', reason);
      kill();
    },
    kill,
    isKilled: () => isKilled,
    killWhenDue(again) {
      const leftMs = killAtMs - performance.now();
      if (isKilled ? again : leftMs <= 0) kill();
      return isKilled ? Number.POSITIVE_INFINITY : leftMs;
    },
    grant(ms) {
      killAtMs += ms;
    },
    reason: () => ({ ended, by }),
  };
}

/** Stops the job when a signal is aborted, also where that has happened already. Returns a function that ends the listening. */
function listen({ graceful, forced, leave }: StopSignals, stopper: Stopper, alarm: Alarm): () => void {
  const onGraceful = () => {
    stopper.ask('stopped', graceful.reason);
    alarm.ring();
  };
  const onForced = () => {
    stopper.force(forced.reason);
    alarm.ring();
  };
  setMaxListeners(0, graceful, forced, ...(leave ? [leave] : [])); // one a run under way: Node would take more than ten for a leak
  graceful.addEventListener('abort', onGraceful);
  forced.addEventListener('abort', onForced);
  leave?.addEventListener('abort', alarm.ring);
  if (graceful.aborted) onGraceful();
  if (forced.aborted) onForced();
  return () => {
    graceful.removeEventListener('abort', onGraceful);
    forced.removeEventListener('abort', onForced);
    leave?.removeEventListener('abort', alarm.ring);
  };
}

/** The state of the job; unknown where the executor fails to answer, or not in time. */
export async function askState(job: Job): Promise<JobState> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<JobState>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'unknown' }), PATIENCE_MS);
  });
  try {
    return await Promise.race([job.poll(), patience]);
  } catch {
    return { state: 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a request and ignores its failure: it is made again later, a kill follows, or the child finds stop.json in its folder. */
export function tryTo(request: () => void | Promise<void>): void {
  try {
    Promise.resolve(request()).catch(() => {});
  } catch {
    // as above
  }
}

function exitOf(state: JobState): JobExit {
  if (state.state !== 'ended') return {};
  const { exitCode, signal, memoryKill, verdict } = state;
  return { exitCode, signal, memoryKill, ...(verdict && { verdict }) };
}
