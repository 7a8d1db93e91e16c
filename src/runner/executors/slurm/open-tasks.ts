// Which runs of an experiment a cluster still has, or may have, and how they stand there: for commands that did not hand them over.

import { existsSync } from 'node:fs';
import { isVoid, readSubmissions, readTaskRecord, type Submission } from '../../../results/jobs/files.ts';
import type { TaskRecord } from '../../../results/jobs/records.ts';
import { outcomeFile } from '../../../results/paths.ts';
import { askScheduler } from './ask-scheduler.ts';
import { readLagMs } from './lag.ts';
import { createQueue, type Queue } from './queue.ts';

export interface OpenTask {
  run: string;
  runFolder: string;
  submission: Submission;
  index: number;
  /** "1234_5"; null: its number was never written down. */
  task: string | null;
  record: TaskRecord | null;
}

/** By the folders alone: the last task of each run that has no outcome and has not said that it has ended. */
export function listOpenTasks(experimentFolder: string): OpenTask[] {
  const last = new Map<string, OpenTask>();
  for (const submission of readSubmissions(experimentFolder)) {
    submission.tasks.forEach(({ run, folder: runFolder }, index) => {
      const task = submission.array === null ? null : `${submission.array}_${index}`;
      last.set(run, { run, runFolder, submission, index, task, record: null });
    });
  }
  return [...last.values()].flatMap((open) => {
    if (existsSync(outcomeFile(open.runFolder)) || isVoid(open.submission.folder, open.index)) return [];
    const record = readTaskRecord(open.submission.folder, open.index);
    const why = record?.end?.why;
    return why === 'finished' || why === 'paused' || why === 'refused' ? [] : [{ ...open, record }];
  });
}

export interface JobView {
  run: string;
  job: string | null;
  /** unknown: the scheduler has not answered, or says nothing of it. */
  state: 'pending' | 'running' | 'unknown' | 'ended';
  node: string | null;
  /** Why it waits. */
  reason: string | null;
}

/** One call of squeue, and one of sacct at most; none where nothing is open. */
export async function lookAtJobs(tasks: readonly OpenTask[], queue: Queue): Promise<JobView[]> {
  const views: JobView[] = [];
  for (const { run, task, record } of tasks) {
    const view = task === null ? null : await queue.look(task);
    const row = task === null ? undefined : queue.row(task);
    const state = view === null ? 'unknown' : view.kind === 'gone' ? 'ended' : view.kind;
    views.push({ run, job: task, state, node: row?.node || (record?.node ?? null), reason: (state === 'pending' && row?.reason) || null });
  }
  return views;
}

/** A queue for a command that looks from time to time. */
export const openQueue = (): Queue => createQueue({ ask: askScheduler, goneMs: readLagMs() });
