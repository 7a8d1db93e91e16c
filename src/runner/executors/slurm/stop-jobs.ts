// Stops the jobs of an experiment whose command is gone: those that wait are taken back, those that work save and leave.

import { setTimeout as sleep } from 'node:timers/promises';
import { makeVoid } from '../../../results/jobs/files.ts';
import { removeRunStop, requestRunStop } from '../../../results/write-run.ts';
import { askScheduler } from './ask-scheduler.ts';
import { createCancel } from './cancel.ts';
import { listOpenTasks, lookAtJobs, type OpenTask, openQueue } from './open-tasks.ts';
import { recover } from './submit.ts';

export interface StopJobs {
  experimentFolder: string;
  /** End them at once. */
  now: boolean;
  /** Who asks, for a person. */
  by: string;
  signal: AbortSignal;
  /** Runs that still work or wait. */
  onWait(runs: readonly string[]): void;
}

/** Resolves with the runs that were stopped; null where the signal was aborted first: the requests stand. */
export async function stopJobs({ experimentFolder, now, by, signal, onWait }: StopJobs): Promise<string[] | null> {
  const queue = openQueue();
  const cancel = createCancel(askScheduler, queue);
  const open = await nameAll(listOpenTasks(experimentFolder), { signal, queue });
  for (const { runFolder } of open) requestRunStop(runFolder, by);
  const ask = () => Promise.all(open.map(({ task }) => (task === null ? undefined : cancel(task, { onlyPending: !now }))));
  await ask();
  for (let looks = 1; ; looks++) {
    const waiting = await listWaiting(open, { experimentFolder, queue });
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
async function nameAll(
  tasks: readonly OpenTask[],
  { signal, queue }: { signal: AbortSignal; queue: ReturnType<typeof openQueue> },
): Promise<OpenTask[]> {
  const arrays = new Map<string, string | null>();
  for (const { submission } of tasks.filter(({ task }) => task === null)) {
    if (!arrays.has(submission.name)) arrays.set(submission.name, await recover(submission, queue, signal));
  }
  return tasks.map((open) => {
    const array = arrays.get(open.submission.name);
    return open.task === null && array ? { ...open, task: `${array}_${open.index}` } : open;
  });
}

async function listWaiting(
  open: readonly OpenTask[],
  { experimentFolder, queue }: { experimentFolder: string; queue: ReturnType<typeof openQueue> },
): Promise<string[]> {
  const still = new Set(listOpenTasks(experimentFolder).map(({ run }) => run));
  const tasks = open.filter(({ run, task }) => task !== null && still.has(run));
  const views = await lookAtJobs(tasks, queue);
  for (const [at, { state }] of views.entries()) {
    if (state === 'ended') makeVoid(tasks[at]!.submission.folder, tasks[at]!.index); // whatever the scheduler has said
  }
  return views.filter(({ state }) => state !== 'ended').map(({ run }) => run);
}
