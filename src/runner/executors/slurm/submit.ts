// Hands an array of tasks over, so that none is lost and none is handed over twice, whatever happens in between: what is to run is written
// first, under a name that nobody else has, and the number of the array last. Who finds no number asks the scheduler for the name.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../experiment/user-error.ts';
import { writing } from '../../../results/errors.ts';
import { makeFolders } from '../../../results/files/make-folders.ts';
import { makeVoid, type Submission, writeArray, writeSubmission } from '../../../results/jobs/files.ts';
import type { JobSnapshot, JobTask, SubmissionRecord } from '../../../results/jobs/records.ts';
import { jobOutputFile, jobScriptFile, submissionFolder } from '../../../results/paths.ts';
import type { AskScheduler } from './ask-scheduler.ts';
import type { Queue } from './queue.ts';
import { createSbatchWords, parseSbatch, type SlurmConfig } from './sbatch-words.ts';

export interface SubmitRequest {
  /** Absolute. */
  experimentFolder: string;
  experiment: string;
  slurm: SlurmConfig;
  snapshot: JobSnapshot;
  tasks: readonly JobTask[];
  atOnce: number | null;
  exclude: readonly string[];
}

export interface Scheduler {
  ask: AskScheduler;
  queue: Queue;
  /** Aborted once the command is to end: whether an array was taken is then asked another time. */
  leave: AbortSignal;
}

/**
 * Resolves with the submission, its array's number in it. Where sbatch fails, the scheduler is asked whether it has taken the array all the
 * same; if it has not, the submission is void: should it come to run after all, its tasks leave. Rejects with a UserError then, and with a
 * WriteFailure.
 */
export async function submit(request: SubmitRequest, scheduler: Scheduler): Promise<Submission> {
  const { experimentFolder, experiment, slurm, snapshot, tasks, atOnce, exclude } = request;
  const createdAt = new Date().toISOString();
  const name = `${createdAt.replace(/[-:]|\.\d+Z/g, '')}-${randomBytes(4).toString('hex')}`;
  const folder = submissionFolder(experimentFolder, name);
  const jobName = `facet-${experiment}-${name}`;
  const output = jobOutputFile(folder, '%a.txt');
  const command = createSbatchWords({ slurm, jobName, tasks: tasks.length, atOnce, output, script: jobScriptFile(folder), exclude });
  const record: SubmissionRecord = {
    format: 1,
    executor: 'slurm',
    jobName,
    createdAt,
    host: hostname(),
    command,
    tasks: tasks.length,
    snapshot,
  };
  writeSubmission(folder, record, tasks);
  writing(folder, () => {
    makeFolders(jobOutputFile(folder, ''));
    writeFileSync(jobScriptFile(folder), createScript(snapshot, folder));
  });
  const submission: Submission = { name, folder, record, tasks: [...tasks], array: null };
  const answer = await scheduler.ask(command, SBATCH_PATIENCE_MS);
  const array = (answer.ok ? parseSbatch(answer.stdout) : null) ?? (await recover(submission, scheduler.queue, scheduler.leave));
  if (array === null) {
    throw new UserError(
      answer.ok ? `sbatch printed no number of a job: ${answer.stdout.slice(0, 200)}` : `it could not be handed over: ${answer.message}`,
    );
  }
  writeArray(folder, array);
  scheduler.queue.forget();
  return { ...submission, array };
}

const SBATCH_PATIENCE_MS = 90_000;

/**
 * The number of an array that was handed over without its number being written down; null, and the submission void, where the scheduler does
 * not know its name. Waits for the scheduler to answer.
 */
export async function recover({ folder, record }: Submission, queue: Queue, signal: AbortSignal): Promise<string | null> {
  for (let looks = 0; !signal.aborted; ) {
    const found = await queue.findByName(record.jobName);
    if (found?.[0] !== undefined) {
      writeArray(folder, found[0]);
      return found[0];
    }
    if (found !== null && ++looks === LOOKS) {
      makeVoid(folder);
      return null;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

const LOOKS = 3;
const LOOK_EVERY_MS = 1000;

/** `exec`: the signals of the scheduler reach the program itself. */
const createScript = ({ node, code }: JobSnapshot, folder: string): string =>
  `#!/bin/sh\nexec ${[node, `${code}/slurm/task.js`, folder].map(quoteForShell).join(' ')}\n`;

const quoteForShell = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
