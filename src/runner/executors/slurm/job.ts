// A run as a task of an array: how it stands, by what it says of itself first, then by what the scheduler says.

import { existsSync } from 'node:fs';
import { makeVoid, readTaskRecord } from '../../../results/jobs/files.ts';
import type { TaskRecord } from '../../../results/jobs/records.ts';
import { readLiveLease } from '../../../results/leases/lease.ts';
import { leaseFile, outcomeFile } from '../../../results/paths.ts';
import type { Job, JobState } from '../executor.ts';
import type { Cancel } from './cancel.ts';
import type { Queue } from './queue.ts';

export interface TaskPlace {
  /** Of the submission. */
  folder: string;
  index: number;
  /** The number of its array. */
  array: string;
  runFolder: string;
}

export interface JobOptions {
  queue: Queue;
  cancel: Cancel;
  /** How long a file may take to be seen from here that was written on a node. */
  lagMs: number;
}

export function createJob({ folder, index, array, runFolder }: TaskPlace, { queue, cancel, lagMs }: JobOptions): Job {
  const task = `${array}_${index}`;
  let endSeenMs: number | null = null;
  let isOver = false;
  let isTakenBack = false;

  /** An outcome that the record names must be seen here first: shared file systems show files in any order. */
  function isShown({ status }: NonNullable<TaskRecord['end']>): boolean {
    endSeenMs ??= performance.now();
    return status === null || existsSync(outcomeFile(runFolder)) || performance.now() - endSeenMs > lagMs;
  }

  const isHeld = (): boolean => readLiveLease(leaseFile(runFolder)) !== null;

  /** One that has not begun does not begin any more, whatever the scheduler makes of it. */
  function takeBack(): void {
    if (readTaskRecord(folder, index) !== null) return;
    makeVoid(folder, index);
    isTakenBack = true;
  }

  return {
    async poll() {
      const record = readTaskRecord(folder, index);
      const end = record?.end;
      if (end && (end.why === 'finished' || end.why === 'paused')) {
        if (!isShown(end)) return { state: 'running' };
        isOver = true;
        return { state: 'ended', exitCode: end.exitCode, isCertain: true };
      }
      const view = await queue.look(task);
      if (view.kind === 'pending' || view.kind === 'running' || view.kind === 'unknown') return { state: view.kind };
      isOver = true;
      if (view.kind === 'gone' && isTakenBack)
        return { ...describeEnd(task, 'CANCELLED', { record, row: undefined }), isCertain: !isHeld() };
      if (view.kind === 'gone')
        return { state: 'ended', verdict: { status: 'crashed', message: `SLURM does not know job ${task} any more` } };
      return describeEnd(task, view.word, { record, row: queue.row(task) });
    },
    stop() {
      takeBack();
      return cancel(task, { onlyPending: true });
    },
    kill() {
      if (isOver) return;
      takeBack();
      return cancel(task);
    },
  };
}

function describeEnd(
  task: string,
  word: string,
  { record, row }: { record: TaskRecord | null; row: { node: string } | undefined },
): JobState & { state: 'ended' } {
  const where = row?.node ? ` on ${row.node}` : '';
  const because = record?.end?.message ? `: ${record.end.message}` : '';
  switch (word) {
    case 'CANCELLED':
      // One that has never had a node has never begun.
      return {
        state: 'ended',
        isCertain: record === null && row?.node === '',
        verdict: { status: 'cancelled', message: `Job ${task} was cancelled (scancel). It goes on when the experiment is run again.` },
      };
    case 'OUT_OF_MEMORY':
      return {
        state: 'ended',
        verdict: { status: 'out-of-memory', message: `SLURM ended job ${task}${where} for want of memory (execution.slurm.memory)` },
      };
    case 'TIMEOUT':
    case 'DEADLINE':
      return {
        state: 'ended',
        verdict: { status: 'timed-out', message: `SLURM ended job ${task}${where} at its time limit (execution.slurm.time)${because}` },
      };
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
    case 'PREEMPTED':
      return { state: 'ended', verdict: { status: 'crashed', message: `SLURM ended job ${task}${where}: ${word}${because}` } };
    default:
      return {
        state: 'ended',
        ...(because && { verdict: { status: 'crashed' as const, message: `Job ${task}${where} did not train${because}` } }),
      };
  }
}
