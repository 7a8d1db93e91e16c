// The life of an attempt at a run, the same for every executor: prepare the folder, start a job, hold the lease, watch, end, conclude.
// The folder is the truth. What an executor says of a job may be late, wrong or missing; an executor that is sure says so (settleMs: 0).

import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepReserve } from '../../results/files/reserve.ts';
import { readLastMetrics } from '../../results/lines/metrics.ts';
import { leaseFile, outcomeFile } from '../../results/paths.ts';
import type { ProgressMessage } from '../../results/records.ts';
import { removeRunStop, requestRunStop } from '../../results/write-run.ts';
import { type Executor, type Job, type JobState, StartError, type StopSignals } from '../executors/executor.ts';
import type { Slot } from '../plan/slots.ts';
import type { LaunchEnd } from '../schedule/schedule.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { type ChildExit, concludeOutOfTime, concludeRun, concludeTakenOver } from './conclude.ts';
import { type FolderWatch, watchFolder } from './folder-watch.ts';
import { type Hold, holdFolder } from './hold.ts';
import { prepareFolder } from './prepare-folder.ts';

export interface Limits {
  /** Of the run's training in all its attempts, former ones as their metrics tell it, this one by the clock; null: none. */
  timeoutMs: number | null;
  /** After so long without a message or a metric, from the start on, the run is stopped and counts as stalled; null: never. */
  stallTimeoutMs: number | null;
  /** How long a process may take to stop by itself before it is killed. */
  graceMs: number;
}

export interface AttemptRequest {
  /** The run folder, with its run.json. */
  folder: string;
  slot: Slot;
  limits: Limits;
  stop: StopSignals;
  /** Progress that may be lost. */
  onProgress(message: ProgressMessage): void;
}

/**
 * However the attempt ends, it resolves: with the outcome, which is then also in the folder, as stopped, or as paused. Rejects with a
 * UserError where a process works in the folder that cannot be ended from here, and with an error of the system where that refuses the start.
 */
export async function carryOutAttempt(executor: Executor, request: AttemptRequest): Promise<LaunchEnd> {
  const { folder, slot, stop, limits } = request;
  for (;;) {
    await prepareFolder(folder);
    if (stop.graceful.aborted || stop.forced.aborted) return { kind: 'stopped', outcome: null };
    const usedMs = limits.timeoutMs === null ? 0 : readUsedMs(folder);
    if (limits.timeoutMs !== null && usedMs >= limits.timeoutMs) return concludeOutOfTime(folder, limits.timeoutMs);
    keepReserve(folder);
    const alarm = createAlarm();
    const watch = watchFolder(folder, request.onProgress);
    let job: Job;
    try {
      job = await executor.start(folder, slot, { onMessage: watch.onMessage, onChange: alarm.ring });
    } catch (error) {
      if (error instanceof StartError) return concludeRun(folder, { ended: 'by-itself', spawnError: error.message });
      throw error;
    }
    const hold = await holdOrKill(folder, { job, alarm });
    if (hold === null) continue; // somebody left over from a former runner has shown up meanwhile
    const exit = await attend(job, { executor, request, usedMs, alarm, watch, hold });
    hold.release();
    removeRunStop(folder);
    return exit === 'taken-over' ? concludeTakenOver(folder) : concludeRun(folder, exit);
  }
}

/** Milliseconds of training in former attempts. */
function readUsedMs(folder: string): number {
  const seconds = readLastMetrics(folder)?.seconds;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : 0;
}

/** Null where somebody else holds the folder. A job for which no lease can be written is killed as well: nobody would find it again. */
async function holdOrKill(folder: string, { job, alarm }: { job: Job; alarm: Alarm }): Promise<Hold | null> {
  try {
    const hold = holdFolder(leaseFile(folder), { pid: job.pid, onLost: alarm.ring });
    if (hold) return hold;
    await killAndWait(job);
    return null;
  } catch (error) {
    await killAndWait(job);
    throw error;
  }
}

async function killAndWait(job: Job): Promise<void> {
  call(() => job.kill());
  for (const startMs = performance.now(); performance.now() - startMs < PATIENCE_MS; await sleep(SHORTEST_REST_MS)) {
    if ((await askState(job)).state === 'ended') return;
  }
}

interface Attendance {
  executor: Executor;
  request: AttemptRequest;
  /** Milliseconds of training in former attempts. */
  usedMs: number;
  alarm: Alarm;
  watch: FolderWatch;
  hold: Hold;
}

/** Stays with a job until it has ended, and asks it to stop where that is due. */
async function attend(job: Job, { executor, request, usedMs, alarm, watch, hold }: Attendance): Promise<ChildExit | 'taken-over'> {
  const { folder, stop, limits } = request;
  const { settleMs, pollEveryMs } = executor;
  const { timeoutMs, stallTimeoutMs, graceMs } = limits;
  let ended: ChildExit['ended'] = 'by-itself';
  let by: string | undefined;
  let killAtMs = Number.POSITIVE_INFINITY;
  let isKilled = false;
  let isQueued = false;
  let startedMs = performance.now(); // once it is no longer pending
  let last: JobState = { state: 'unknown' };

  const askToStop = (why: ChildExit['ended'], reason: unknown) => {
    if (ended !== 'by-itself') return;
    ended = why;
    by = typeof reason === 'string' ? reason : undefined;
    killAtMs = performance.now() + graceMs;
    call(() => job.stop());
    requestRunStop(folder, by ?? why);
  };
  const kill = () => {
    isKilled = true;
    call(() => job.kill());
  };
  const onGraceful = () => {
    askToStop('stopped', stop.graceful.reason);
    alarm.ring();
  };
  const onForced = () => {
    if (ended === 'by-itself') {
      ended = 'stopped';
      by = typeof stop.forced.reason === 'string' ? stop.forced.reason : undefined;
    }
    kill();
    alarm.ring();
  };
  setMaxListeners(0, stop.graceful, stop.forced); // one a run under way: Node would take more than ten for a leak
  stop.graceful.addEventListener('abort', onGraceful);
  stop.forced.addEventListener('abort', onForced);
  if (stop.graceful.aborted) onGraceful();
  if (stop.forced.aborted) onForced();
  try {
    for (;;) {
      const state = await askState(job);
      if (state.state !== 'unknown') last = state;
      const nowMs = performance.now();
      if (last.state === 'pending') {
        if (!isQueued) request.onProgress({ type: 'phase', phase: 'queued' });
        isQueued = true;
        startedMs = nowMs;
        watch.restartClock();
      }
      if (last.state !== 'ended' || settleMs > 0) watch.look();
      if (hold.isLost()) {
        kill();
        return 'taken-over';
      }
      if (hasEnded()) return { ended, by, ...exitOf(last), timeoutMs, stallTimeoutMs };
      if (timeoutMs !== null && usedMs + nowMs - startedMs >= timeoutMs) askToStop('timed-out', undefined);
      if (stallTimeoutMs !== null && watch.stalledMs() >= stallTimeoutMs) askToStop('stalled', undefined);
      if (isKilled ? settleMs > 0 : nowMs >= killAtMs) kill(); // again, as an executor that can be wrong may have lost the request
      const restMs = [
        pollEveryMs,
        settleMs > 0 ? settleMs / 4 : pollEveryMs,
        stallTimeoutMs === null ? pollEveryMs : stallTimeoutMs / 8,
        timeoutMs === null || ended !== 'by-itself' ? pollEveryMs : timeoutMs - usedMs - (nowMs - startedMs),
        isKilled ? pollEveryMs : killAtMs - nowMs,
      ];
      await alarm.wait(Math.max(SHORTEST_REST_MS, Math.min(...restMs)));
    }
  } finally {
    stop.graceful.removeEventListener('abort', onGraceful);
    stop.forced.removeEventListener('abort', onForced);
  }

  /** Whether the job is over beyond doubt. Where an executor can be wrong, a job whose folder still changes goes on, and one that is over is killed to be sure. */
  function hasEnded(): boolean {
    if (settleMs === 0) return last.state === 'ended';
    const hasOutcome = existsSync(outcomeFile(folder));
    const isOver = last.state === 'ended' && hasOutcome; // the outcome is written last
    const mayBeOver = last.state === 'ended' || hasOutcome || (isKilled && last.state === 'running');
    if (!isOver && !(mayBeOver && watch.quietMs() >= settleMs)) return false;
    kill();
    return true;
  }
}

const SHORTEST_REST_MS = 5;
/** An executor whose answer takes longer has none. */
const PATIENCE_MS = 30_000;

async function askState(job: Job): Promise<JobState> {
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

/** A request that fails now is made again, or by force, or through the folder. */
function call(request: () => void | Promise<void>): void {
  try {
    Promise.resolve(request()).catch(() => {});
  } catch {
    // as above
  }
}

function exitOf(state: JobState): Pick<ChildExit, 'exitCode' | 'signal' | 'memoryKill'> {
  return state.state === 'ended' ? { exitCode: state.exitCode, signal: state.signal, memoryKill: state.memoryKill } : {};
}
