// Why a child died that left no outcome: from its exit code, its signal, the kernel's counters, its log.

import { statfsSync } from 'node:fs';
import { UNWRITABLE_EXIT_CODE } from '../../results/child-messages.ts';
import { recogniseFailure } from '../../results/failure-signs.ts';
import { readLogTail } from '../../results/lines/log.ts';
import type { OutcomeRecord } from '../../results/records.ts';
import { isAttemptLine } from '../../results/write-run.ts';
import type { JobExit } from '../executors/executor.ts';

/** How the process of a run has ended. */
export interface Death extends JobExit {
  /** Set where the process could not be started. */
  spawnError?: string;
}

export type Verdict = Pick<OutcomeRecord, 'status' | 'message'>;

/** The outcome of a run whose process has died. The message says how sure the reason is. */
export function diagnoseDeath(folder: string, exit: Death): Verdict {
  const { exitCode, signal, spawnError } = exit;
  if (spawnError !== undefined)
    return { status: recogniseFailure(spawnError) ?? 'crashed', message: `Could not be started: ${spawnError}` };
  const log = readAttemptLog(folder);
  const how = signal === undefined ? describeExit(folder, exitCode) : `Killed by ${signal}`;
  const last = log.findLast((line) => line.trim() !== '');
  const lastLine = last === undefined ? '; it wrote nothing to its log.' : `. Last line of its log: ${shorten(last)}`;
  if (signal === 'SIGKILL') {
    const { status, why } = explainKill(exit);
    return { status, message: `${how}${why}${lastLine}` };
  }
  const telling = exitCode === 0 ? undefined : log.find((line) => recogniseFailure(line) !== null);
  if (telling !== undefined) return { status: recogniseFailure(telling)!, message: `${how}; its log says why: ${shorten(telling)}` };
  if (exitCode !== 0 && isDiskFull(folder)) {
    return { status: 'no-space', message: `${how}; probably for want of space, as the disk of its folder is full${lastLine}` };
  }
  return { status: 'crashed', message: `${how}${SIGNAL_HINTS[signal ?? ''] ?? ''}${lastLine}` };
}

function describeExit(folder: string, exitCode: number | undefined): string {
  if (exitCode === undefined) return 'Its job has ended without an outcome, and nothing tells how';
  if (exitCode !== UNWRITABLE_EXIT_CODE) return `Ended with code ${exitCode} and no outcome`;
  return `Failed, and could not write its outcome into ${folder} (check that disk: df and dmesg tell more)`;
}

function explainKill({ memoryKill }: Pick<Death, 'memoryKill'>): { status: Verdict['status']; why: string } {
  switch (memoryKill) {
    case 'in-group':
      return {
        status: 'out-of-memory',
        why: ', almost certainly by the kernel for want of memory: it counted such a kill in this control group',
      };
    case 'on-machine':
      return { status: 'out-of-memory', why: ', probably by the kernel for want of memory: it counted such a kill on this machine' };
    case 'none':
      return { status: 'crashed', why: ', not for want of memory as far as the kernel counts' };
    default:
      return { status: 'crashed', why: ', by which Linux also ends a process when memory runs out' };
  }
}

/** On a full disk a child cannot say in its log what it died of. */
function isDiskFull(folder: string): boolean {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return blocks > 0 && bavail * bsize < FULL_BYTES;
  } catch {
    return false;
  }
}

const FULL_BYTES = 16 * 1024;

/** The last lines that the last attempt has logged. */
function readAttemptLog(folder: string): string[] {
  const tail = readLogTail(folder, LINES_SEARCHED);
  return tail.slice(tail.findLastIndex(isAttemptLine) + 1);
}

const LINES_SEARCHED = 50;
const shorten = (line: string): string => line.trim().slice(0, 300);

const SIGNAL_HINTS: Record<string, string> = {
  SIGSEGV: ' (invalid memory access)',
  SIGABRT: ' (gave up by itself, as after a failed allocation)',
};
