// Room: runner. What a child's exit means. The child's own outcome counts most; where it left none, one is written for it.

import { metricsFile } from '../../results/paths.ts';
import { readLogTail, readMetrics, readRun } from '../../results/read.ts';
import { type OutcomeRecord, STOPPED_EXIT_CODE } from '../../results/records.ts';
import { isAttemptLine, writeOutcome } from '../../results/write-run.ts';
import type { RunEnd } from '../schedule.ts';

export interface ChildExit {
  /** by-itself, or because the runner asked it to stop (whatever it then did). */
  ended: 'by-itself' | 'stopped' | 'timed-out';
  exitCode?: number;
  signal?: string;
  timeoutMs?: number | null;
  /** Set where the process could not be started. */
  spawnError?: string;
}

export function concludeRun(folder: string, exit: ChildExit): RunEnd {
  const { outcome } = readRun(folder);
  if (outcome) return { kind: 'finished', outcome };
  const timedOut = exit.ended === 'timed-out';
  if (!timedOut && (exit.ended === 'stopped' || exit.exitCode === STOPPED_EXIT_CODE)) return { kind: 'stopped' };
  const concluded: OutcomeRecord = {
    status: timedOut ? 'timed-out' : 'crashed',
    message: timedOut ? `Stopped after its time limit of ${exit.timeoutMs! / 1000} s.` : describeCrash(folder, exit),
    finishedAt: new Date().toISOString(),
    ...measure(folder),
    ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
    ...(exit.signal === undefined ? {} : { signal: exit.signal }),
  };
  try {
    writeOutcome(folder, concluded);
    return { kind: 'finished', outcome: concluded };
  } catch (error) {
    return { kind: 'finished', outcome: concluded, problem: `its outcome could not be written: ${(error as Error).message}` };
  }
}

function describeCrash(folder: string, { exitCode, signal, spawnError }: ChildExit): string {
  if (spawnError !== undefined) return `Could not be started: ${spawnError}`;
  const how = signal === undefined ? `Ended with code ${exitCode} and no outcome` : `Killed by ${signal}${SIGNAL_HINTS[signal] ?? ''}`;
  const tail = readLogTail(folder, LINES_SEARCHED);
  const lastLine = tail.slice(tail.findLastIndex(isAttemptLine) + 1).findLast((line) => line.trim() !== '');
  return lastLine === undefined ? `${how}; it wrote nothing to its log.` : `${how}. Last line of its log: ${lastLine.trim().slice(0, 300)}`;
}

const LINES_SEARCHED = 50;
const SIGNAL_HINTS: Record<string, string> = {
  SIGKILL: ', by which Linux ends a process when memory runs out',
  SIGSEGV: ' (invalid memory access)',
  SIGABRT: ' (gave up by itself, as after a failed allocation)',
};

/** How far the run came, from its metrics. */
function measure(folder: string): Pick<OutcomeRecord, 'steps' | 'epochs' | 'seconds' | 'imagesPerSecond'> {
  const { records } = readMetrics(metricsFile(folder));
  const last = records.at(-1);
  const speeds = records.map((record) => record.imagesPerSecond).sort((a, b) => a - b);
  return {
    steps: last?.step ?? 0,
    epochs: last?.epoch ?? 0,
    seconds: last?.seconds ?? 0,
    imagesPerSecond: speeds[Math.floor(speeds.length / 2)] ?? null,
  };
}
