// Stops the jobs of an experiment whose command is gone: those that wait are taken back, those that work save and leave.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeVoid, readTaskRecord } from '../../../results/jobs/files.ts';
import { outcomeFile } from '../../../results/paths.ts';
import { removeRunStop, requestRunStop } from '../../../results/write-run.ts';
import { askScheduler } from './ask-scheduler.ts';
import { createCancel } from './cancel.ts';
import { listOpenTasks, lookAtJobs, type OpenTask, openQueue } from './open-tasks.ts';
import type { Queue } from './queue.ts';
import { recover } from './submit.ts';

export interface StopJobs {
  experimentFolder: string;
  /** The id of the one run whose job is meant; absent: all. */
  run?: string;
  /** End them at once. */
  now: boolean;
  /** Who asks, for a person. */
  by: string;
  signal: AbortSignal;
  /** Runs that still work or wait. */
  onWait(runs: readonly string[]): void;
}

/** Resolves with the runs that were stopped; null where the signal was aborted first: the requests stand. */
export async function stopJobs({ experimentFolder, run, now, by, signal, onWait }: StopJobs): Promise<string[] | null> {
  const queue = openQueue();
  const cancel = createCancel(askScheduler, queue);
  const tasks = listOpenTasks(experimentFolder).filter((task) => run === undefined || task.run === run);
  const open = await nameAll(tasks, { signal, queue });
  for (const { runFolder, submission, index, record } of open) {
    requestRunStop(runFolder, by);
    if (record === null) makeVoid(submission.folder, index); // one that has not begun does not begin any more
  }
  const ask = () => Promise.all(open.map(({ task }) => (task === null ? undefined : cancel(task, { onlyPending: !now }))));
  await ask();
  for (let looks = 1; ; looks++) {
    const waiting = await listWaiting(open, queue);
    if (waiting.length === 0) break;
    if (signal.aborted) return null;
    onWait(waiting);
    if (looks % LOOKS_A_REQUEST === 0) await ask(); // the scheduler may have lost it
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  for (const { runFolder } of open) removeRunStop(runFolder);
  return open.map(({ run }) => run);
}

const LOOK_EVERY_MS = 500;
const LOOKS_A_REQUEST = 20;

/** A submission whose number was never written down is looked for by its name, once; where nobody knows it, it is void. */
async function nameAll(tasks: readonly OpenTask[], { signal, queue }: { signal: AbortSignal; queue: Queue }): Promise<OpenTask[]> {
  const arrays = new Map<string, string | null>();
  for (const { submission } of tasks.filter(({ task }) => task === null)) {
    if (!arrays.has(submission.name)) arrays.set(submission.name, await recover(submission, queue, signal));
  }
  return tasks.map((open) => {
    const array = arrays.get(open.submission.name);
    return open.task === null && array ? { ...open, task: `${array}_${open.index}` } : open;
  });
}

async function listWaiting(open: readonly OpenTask[], queue: Queue): Promise<string[]> {
  const isOver = ({ runFolder, submission, index }: OpenTask) =>
    existsSync(outcomeFile(runFolder)) || ENDED.has(readTaskRecord(submission.folder, index)?.end?.why ?? '');
  const tasks = open.filter((each) => each.task !== null && !isOver(each));
  const views = await lookAtJobs(tasks, queue);
  for (const [at, { state }] of views.entries()) {
    if (state === 'ended') makeVoid(tasks[at]!.submission.folder, tasks[at]!.index); // whatever the scheduler has said
  }
  return views.filter(({ state }) => state !== 'ended').map(({ run }) => run);
}

const ENDED: ReadonlySet<string> = new Set(['finished', 'paused', 'refused']);
