// The life of an attempt at a run, the same for every executor: prepare the folder, start a job, hold the lease, stay with the job,
// conclude.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressMessage } from '../../results/child-messages.ts';
import { keepReserve } from '../../results/files/reserve.ts';
import { acquireLease, createLease, releaseLease } from '../../results/leases/lease.ts';
import { readLastMetrics } from '../../results/lines/metrics.ts';
import { leaseFile } from '../../results/paths.ts';
import { removeRunStop } from '../../results/write-run.ts';
import { type Executor, type Job, StartError, type StopSignals } from '../executors/executor.ts';
import type { Slot } from '../plan/slots.ts';
import type { LaunchEnd } from '../schedule/schedule.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { askState, attend, type Limits, PATIENCE_MS, tryTo } from './attend.ts';
import { concludeOutOfTime, concludeRun, concludeTakenOver } from './conclude.ts';
import { watchFolder } from './folder-watch.ts';
import { prepareFolder } from './prepare-folder.ts';

export interface AttemptRequest {
  /** The run folder, with its run.json. */
  folder: string;
  slot: Slot;
  limits: Limits;
  stop: StopSignals;
  /** A job that a former command has started: it is followed, and nothing is begun. */
  found?: Job | null;
  /** Progress that may be lost. */
  onProgress(message: ProgressMessage): void;
}

/**
 * However the attempt ends, it resolves: with the outcome, which is then also in the folder, as stopped, or as paused. Rejects with a
 * UserError where a process works in the folder that cannot be ended from here, and with an error of the system where that refuses the
 * start.
 */
export async function carryOutAttempt(executor: Executor, request: AttemptRequest): Promise<LaunchEnd> {
  const { folder, slot, stop, found } = request;
  if (found) return follow(executor, { ...request, found });
  const tellQueued = () => request.onProgress({ type: 'phase', phase: 'queued' });
  const giveBack = await executor.admit?.(folder, slot, { signal: stop.graceful, onWait: tellQueued });
  if (giveBack === null) return { kind: 'stopped', outcome: null };
  try {
    return await carryOutAdmitted(executor, request);
  } finally {
    giveBack?.();
  }
}

/** Stays with a job that has been started already, and that holds its folder by itself. */
async function follow(executor: Executor, { found, ...request }: AttemptRequest & { found: Job }): Promise<LaunchEnd> {
  const { folder, stop } = request;
  const alarm = createAlarm();
  const watch = watchFolder(folder, request.onProgress);
  const limits = limitsFor(executor, request.limits);
  const exit = await attend(found, { executor, folder, limits, stop, usedMs: 0, alarm, watch, isTakenOver: () => false });
  if (exit === 'taken-over' || exit === 'left') return { kind: 'stopped', outcome: null };
  if (exit.ended !== 'by-itself') removeRunStop(folder);
  return concludeRun(folder, exit);
}

/** Those that are kept here. */
function limitsFor({ keepsLimits }: Executor, limits: Limits): Limits {
  return keepsLimits ? { ...limits, timeoutMs: null, stallTimeoutMs: null } : limits;
}

async function carryOutAdmitted(executor: Executor, request: AttemptRequest): Promise<LaunchEnd> {
  const { folder, slot, stop, limits } = request;
  for (;;) {
    await prepareFolder(folder);
    if (stop.graceful.aborted || stop.forced.aborted || stop.leave?.aborted) return { kind: 'stopped', outcome: null };
    const usedMs = limits.timeoutMs === null ? 0 : readUsedMs(folder);
    if (limits.timeoutMs !== null && usedMs >= limits.timeoutMs) return concludeOutOfTime(folder, limits.timeoutMs);
    keepReserve(folder);
    const alarm = createAlarm();
    const watch = watchFolder(folder, request.onProgress);
    let job: Job;
    try {
      job = await executor.start(folder, slot, { onMessage: watch.onMessage, onChange: alarm.ring }, limits);
    } catch (error) {
      if (error instanceof StartError) return concludeRun(folder, { ended: 'by-itself', spawnError: error.message });
      throw error;
    }
    const hold = await holdOrKill(folder, { job, alarm });
    if (hold === null) continue; // a process of a former runner has taken the folder meanwhile: prepare it again
    const kept = limitsFor(executor, limits);
    const exit = await attend(job, { executor, folder, limits: kept, stop, usedMs, alarm, watch, isTakenOver: hold.isLost });
    if (exit === 'taken-over') return concludeTakenOver(folder);
    if (exit === 'left') return { kind: 'stopped', outcome: null };
    hold.release();
    if (exit.ended !== 'by-itself') removeRunStop(folder);
    return concludeRun(folder, exit);
  }
}

/** Milliseconds of training in former attempts. */
export function readUsedMs(folder: string): number {
  const seconds = readLastMetrics(folder)?.seconds;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : 0;
}

interface Hold {
  /** Whether another process has taken the folder over: then nothing more may be written there. */
  isLost(): boolean;
  release(): void;
}

/**
 * Holds the folder for the job. Kills the job where another process holds the folder (null), or where no lease can be written (throws):
 * no later runner would find it.
 */
async function holdOrKill(folder: string, { job, alarm }: { job: Job; alarm: Alarm }): Promise<Hold | null> {
  try {
    const hold = holdFor(job, { path: leaseFile(folder), onLost: alarm.ring });
    if (hold === null) await killAndWait(job);
    return hold;
  } catch (error) {
    await killAndWait(job);
    throw error;
  }
}

/** Takes the lease for a process of this host; another process takes it by itself. Throws a WriteFailure. */
function holdFor({ pid }: Job, { path, onLost }: { path: string; onLost: () => void }): Hold | null {
  if (pid === undefined) return { isLost: () => false, release: () => {} };
  let isLost = false;
  const result = acquireLease(path, createLease(pid), {
    onLost() {
      isLost = true;
      onLost();
    },
  });
  return result.acquired ? { isLost: () => isLost, release: () => releaseLease(path, result.lease) } : null;
}

/** Ends a job, and waits for its end, half a minute at most. */
export async function killAndWait(job: Job): Promise<void> {
  tryTo(() => job.kill());
  for (const startMs = performance.now(); performance.now() - startMs < PATIENCE_MS; await sleep(LOOK_EVERY_MS)) {
    if ((await askState(job)).state === 'ended') return;
  }
}

const LOOK_EVERY_MS = 5;
