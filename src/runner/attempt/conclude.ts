// What a child's exit means. The child's own outcome counts most; where it left none, one is written for it.

import type { UserError } from '../../experiment/user-error.ts';
import { STOPPED_EXIT_CODE } from '../../results/child-messages.ts';
import { isLackOfSpace } from '../../results/errors.ts';
import { freeReserve } from '../../results/files/reserve.ts';
import { measureRun } from '../../results/lines/metrics.ts';
import { readRun } from '../../results/read.ts';
import type { OutcomeRecord } from '../../results/records.ts';
import { writeOutcome } from '../../results/write-run.ts';
import type { LaunchEnd, RunEnd } from '../schedule/schedule.ts';
import { type Death, diagnoseDeath, type Verdict } from './diagnose.ts';

export interface ChildExit extends Death {
  /** Whether it ended by itself, or why the runner had asked it to stop. */
  ended: 'by-itself' | 'stopped' | 'timed-out' | 'stalled';
  /** Who asked it to stop, for a person. */
  by?: string | undefined;
  timeoutMs?: number | null;
  stallTimeoutMs?: number | null;
}

export function concludeRun(folder: string, exit: ChildExit): LaunchEnd {
  const { outcome, record } = readRun(folder);
  if (outcome) {
    freeReserve(folder);
    return { kind: 'finished', outcome };
  }
  const reached = measureRun(folder);
  const isPause = exit.ended === 'by-itself' && exit.exitCode === STOPPED_EXIT_CODE;
  if (isPause && record?.pauseAfterEpoch && reached.epochs >= record.pauseAfterEpoch) {
    freeReserve(folder);
    return { kind: 'paused' };
  }
  const isDone = exit.ended === 'by-itself' && exit.exitCode === 0 && reached.steps > 0 && record?.config.trainer !== undefined;
  const verdict: Verdict = isDone
    ? { status: 'succeeded', message: `Its trainer ended with code 0 after step ${reached.steps}.` }
    : judge(folder, exit, reached);
  const concluded: OutcomeRecord = {
    ...verdict,
    finishedAt: new Date().toISOString(),
    ...reached,
    ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
    ...(exit.signal === undefined ? {} : { signal: exit.signal }),
  };
  return {
    kind: verdict.status === 'cancelled' ? 'stopped' : 'finished',
    outcome: concluded,
    ...(exit.spawnError !== undefined && { isUnstarted: true }),
    ...recordOutcome(folder, concluded),
  };
}

/** The end of a run that could not even be started, because of what the system refuses: a full disk, a folder without permission. */
export function concludeUnstarted(folder: string, error: NodeJS.ErrnoException): RunEnd {
  const status = isLackOfSpace(error) ? 'no-space' : 'crashed';
  const outcome: OutcomeRecord = {
    status,
    message: `Could not be started: ${error.message}`,
    finishedAt: new Date().toISOString(),
    ...measureRun(folder),
  };
  return { kind: 'finished', outcome, isUnstarted: true, ...recordOutcome(folder, outcome) };
}

/** The end of a run that has been trained for as long as it may be already. */
export function concludeOutOfTime(folder: string, timeoutMs: number): RunEnd {
  const outcome: OutcomeRecord = {
    status: 'timed-out',
    message: `Has been trained for its time limit of ${timeoutMs / 1000} s in former attempts. Raise execution.timeout to go on.`,
    finishedAt: new Date().toISOString(),
    ...measureRun(folder),
  };
  return { kind: 'finished', outcome, isUnstarted: true, isHopeless: true, ...recordOutcome(folder, outcome) };
}

/** The end of an attempt whose folder another process has taken over. Writes nothing. */
export function concludeTakenOver(folder: string): RunEnd {
  const message = `Another process has taken over ${folder}. This one has left it alone since.`;
  return leaveAlone(folder, message);
}

/**
 * The end of a run that cannot be started: a process that cannot be ended from here works in its folder, its backend is not here, or a
 * record of it cannot be read. Writes nothing.
 */
export function concludeHeld(folder: string, { message }: UserError): RunEnd {
  return leaveAlone(folder, message);
}

function leaveAlone(folder: string, message: string): RunEnd {
  const outcome: OutcomeRecord = { status: 'failed', message, finishedAt: new Date().toISOString(), ...measureRun(folder) };
  return { kind: 'finished', outcome, isUnstarted: true, isLeftAlone: true };
}

/** Writes the outcome. `problem` says why that failed. */
export function recordOutcome(folder: string, outcome: OutcomeRecord): { problem?: string } {
  try {
    writeOutcome(folder, outcome);
    return {};
  } catch (error) {
    return { problem: `its outcome could not be written: ${(error as Error).message}` };
  }
}

function judge(folder: string, exit: ChildExit, { steps, epochs }: Pick<OutcomeRecord, 'steps' | 'epochs'>): Verdict {
  const after = steps === 0 ? 'before its first step' : `after step ${steps} (epoch ${epochs})`;
  if (exit.ended === 'timed-out') return { status: 'timed-out', message: `Stopped after its time limit of ${exit.timeoutMs! / 1000} s.` };
  if (exit.ended === 'stalled') {
    const silence = `Stopped because no metric had come for ${exit.stallTimeoutMs! / 1000} s (execution.stallTimeout)`;
    return { status: 'stalled', message: `${silence}, ${after}.` };
  }
  if (exit.ended === 'stopped' || exit.exitCode === STOPPED_EXIT_CODE) {
    const by = exit.by ?? (exit.ended === 'stopped' ? 'a person' : 'somebody who asked its process');
    const goesOn = exit.signal === undefined ? 'It goes on' : 'It was ended by force and goes on from its last checkpoint';
    return { status: 'cancelled', message: `Stopped by ${by} ${after}. ${goesOn} when the experiment is run again.` };
  }
  return exit.verdict ?? diagnoseDeath(folder, exit);
}
