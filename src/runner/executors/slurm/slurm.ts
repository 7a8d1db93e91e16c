// The executor of a SLURM cluster: a run is a task of an array. Nothing has to stay alive here: a later command finds the tasks again by what
// lies in .jobs/ of the experiment's folder.

import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../experiment/user-error.ts';
import type { BackendChoice } from '../../../machine/backend.ts';
import { readInstallation } from '../../../machine/installation.ts';
import { isVoid, makeVoid, readSubmissions, readTaskRecord, type Submission } from '../../../results/jobs/files.ts';
import type { JobSnapshot, JobTask } from '../../../results/jobs/records.ts';
import { outcomeFile } from '../../../results/paths.ts';
import { noteInLog } from '../../../results/write-run.ts';
import type { Demand, Slot } from '../../plan/slots.ts';
import type { AttemptLimits, Executor, ExecutorContext, Job } from '../executor.ts';
import { type AskScheduler, askScheduler } from './ask-scheduler.ts';
import { findBadNodes, leaveSome, readNodeEnds } from './bad-nodes.ts';
import { createCancel } from './cancel.ts';
import { createJob, type TaskPlace } from './job.ts';
import { readLagMs } from './lag.ts';
import { createQueue, settleTask } from './queue.ts';
import { graceSeconds, type SlurmConfig, splitTasks, timeLimitMs } from './sbatch-words.ts';
import { takeSnapshot } from './snapshot.ts';
import { recover, type Scheduler, submit } from './submit.ts';

/** Throws a UserError where there is no SLURM. */
export async function openSlurmExecutor(context: ExecutorContext): Promise<Executor> {
  const ask = askScheduler;
  const version = await ask(['sbatch', '--version']);
  if (!version.ok) {
    throw new UserError(
      `execution.executor slurm: expected a machine from which jobs are submitted, but sbatch ${version.isMissing ? 'is not installed here' : `fails: ${version.message}`}. Log in to the cluster, or use --executor local`,
    );
  }
  return createSlurmExecutor({ ...context, ask, most: await readMostTasks(ask), lagMs: readLagMs() });
}

async function readMostTasks(ask: AskScheduler): Promise<number> {
  const answer = await ask(['scontrol', 'show', 'config']);
  const most = Number(answer.ok ? /^MaxArraySize\s*=\s*(\d+)/m.exec(answer.stdout)?.[1] : Number.NaN);
  return most >= 1 ? Math.min(most, 100_000) : 1001;
}

interface SlurmExecutorOptions extends ExecutorContext {
  ask: AskScheduler;
  /** Tasks that an array may have. */
  most: number;
  lagMs: number;
}

function createSlurmExecutor(options: SlurmExecutorOptions): Executor {
  const { ask, most, lagMs, experiment, bundles } = options;
  const { leave } = options;
  const { slurm } = experiment.execution;
  const experimentFolder = resolve(experiment.folder);
  const queue = createQueue({ ask, goneMs: lagMs, restMs: { least: Math.min(1000, lagMs / 4), most: Math.min(20_000, lagMs / 2) } });
  const scheduler: Scheduler = { ask, queue, leave };
  const cancel = createCancel(ask, queue);
  const asJob = (place: TaskPlace): Job => createJob(place, { queue, cancel, lagMs });
  let pollEveryMs = 1000;
  let former: Promise<Map<string, Place[]>> | null = null;
  let snapshot: Promise<JobSnapshot> | null = null;
  let batch: Waiting[] = [];

  const snapshotOnce = (): Promise<JobSnapshot> => {
    snapshot ??= options.code.then((code) => takeSnapshot({ ...options, experimentFolder, bundles, code, environment: process.env }));
    return snapshot;
  };

  /** Tasks of former commands, by run, the newest first. */
  async function readFormer(): Promise<Map<string, Place[]>> {
    const places = new Map<string, Place[]>();
    for (const submission of readSubmissions(experimentFolder)) {
      const array = submission.array ?? (await recover(submission, queue, leave));
      if (array === null) continue;
      submission.tasks.forEach(({ run }, index) => {
        places.set(run, [{ submission, index, array }, ...(places.get(run) ?? [])]);
      });
    }
    return places;
  }

  /** Hands over what has come together. Each waits for its own job. */
  async function flush(): Promise<void> {
    await new Promise((done) => setTimeout(done, GATHER_MS));
    const all = batch;
    batch = [];
    for (const group of await groupByNodes(all).catch(() => [{ waiting: all, exclude: [] }])) {
      for (const { tasks, atOnce } of splitTasks(group.waiting, { most, maxParallel: slurm.maxParallel })) {
        try {
          const request = {
            experimentFolder,
            experiment: experiment.name,
            slurm,
            snapshot: await snapshotOnce(),
            atOnce,
            exclude: group.exclude,
          };
          const submission = await submit({ ...request, tasks: tasks.map(({ task }) => task) }, scheduler);
          tasks.forEach(({ task, settle }, index) => {
            settle(asJob({ folder: submission.folder, index, array: submission.array!, runFolder: task.folder }));
          });
        } catch (error) {
          for (const { fail } of tasks) fail(error);
        }
      }
    }
  }

  /** Runs that are not to get the same nodes again need an array of their own. */
  async function groupByNodes(waiting: readonly Waiting[]): Promise<{ waiting: Waiting[]; exclude: string[] }[]> {
    const ends = readNodeEnds(experimentFolder);
    const groups = new Map<string, { waiting: Waiting[]; exclude: string[] }>();
    for (const each of waiting) {
      const exclude = await leaveSome(findBadNodes(ends, each.task.run), { slurm, ask });
      const group = groups.get(exclude.join()) ?? { waiting: [], exclude };
      group.waiting.push(each);
      groups.set(exclude.join(), group);
      if (exclude.length > 0) noteInLog(each.task.folder, `not on ${exclude.join(', ')} again, where it has failed and others have not`);
    }
    return [...groups.values()];
  }

  return {
    capacity(demand: Demand): Slot[] {
      pollEveryMs = Math.max(Math.min(1000, lagMs / 8), Math.min(10_000, demand.runs * 20));
      return Array.from({ length: Math.max(1, demand.runs) }, (_, index) => ({ index, gpus: null, threads: slurm.cpus }));
    },
    async find(folder, wasOpen) {
      former ??= readFormer();
      const run = basename(folder);
      const places = (await former).get(run) ?? [];
      (await former).delete(run);
      for (const { submission, index, array } of places) {
        const why = readTaskRecord(submission.folder, index)?.end?.why;
        const job = asJob({ folder: submission.folder, index, array, runFolder: resolve(folder) });
        if (why === 'finished' && wasOpen && (await isSeen(outcomeFile(folder), lagMs))) return job;
        if (why === 'finished' || why === 'paused' || isVoid(submission.folder, index)) continue;
        const view = await settleTask(queue, `${array}_${index}`, leave);
        if (view === null) return null; // the command ends
        if (view.kind === 'pending' || view.kind === 'running') return job;
        if (wasOpen && existsSync(outcomeFile(folder))) return job; // it has ended meanwhile
        makeVoid(submission.folder, index); // whatever the scheduler has said: it does not begin any more
      }
      return null;
    },
    async start(folder, slot, _hear, limits) {
      const isFirst = batch.length === 0;
      const job = new Promise<Job>((settle, fail) => {
        batch.push({ task: describeTask(resolve(folder), slot, { slurm, limits }), settle, fail });
      });
      if (isFirst) void flush();
      return job;
    },
    get pollEveryMs() {
      return pollEveryMs;
    },
    settleMs: lagMs / 2,
    backendOf: (choice) => placeBackend(choice, { hasGpus: slurm.gpus !== 0, kind: readInstallation().installation?.kind ?? null }),
    keepsLimits: true,
    outlivesRunner: true,
    summary: `SLURM${slurm.partition ? ` (${slurm.partition})` : ''}, ${slurm.maxParallel ? `at most ${slurm.maxParallel} runs at a time` : 'as many runs at a time as it gives'}`,
  };
}

const GATHER_MS = 300;

/** The node for logging in need not have the GPUs that the jobs have. */
export function placeBackend(choice: BackendChoice, { hasGpus, kind }: { hasGpus: boolean; kind: 'cpu' | 'cuda' | null }): BackendChoice {
  if (choice.name !== 'tensorflow' || kind !== 'cuda') return choice;
  const device = hasGpus ? '(CUDA)' : '(CUDA, no GPU found)';
  return {
    ...choice,
    version: choice.version.replace(/\(.*\)$/, device),
    reason: 'Native TensorFlow is set up; the jobs say which GPUs they get.',
  };
}

/** Whether a file comes to be seen in time. */
async function isSeen(path: string, lagMs: number): Promise<boolean> {
  for (const startMs = performance.now(); !existsSync(path); await sleep(100)) if (performance.now() - startMs > lagMs) return false;
  return true;
}

interface Place {
  submission: Submission;
  index: number;
  array: string;
}

interface Waiting {
  task: JobTask;
  settle(job: Job): void;
  fail(error: unknown): void;
}

function describeTask(folder: string, slot: Slot, { slurm, limits }: { slurm: SlurmConfig; limits: AttemptLimits | undefined }): JobTask {
  const { threads, oneDnn = null, maxCpuIsa = null, backend, mayChangeBackend = false } = slot;
  const graceMs = graceSeconds(slurm) * 1000;
  return {
    run: basename(folder),
    folder,
    numerics: { threads, oneDnn, maxCpuIsa },
    ...(backend && { backend }),
    mayChangeBackend,
    ...(slot.gpus?.length === 0 && { onCpu: true }),
    timeoutMs: limits?.timeoutMs ?? null,
    stallTimeoutMs: limits?.stallTimeoutMs ?? null,
    graceMs: Math.max(1000, graceMs * 0.8),
    preemptions: slurm.preemptions,
    timeLimits: slurm.timeLimits,
    timeLimitMs: timeLimitMs(slurm),
  };
}
