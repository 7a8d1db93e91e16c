// The life of a task: find what it is to do, hold the run's folder, train, conclude or have itself queued again.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { libraryEnvironment } from '../../../../machine/installation.ts';
import { describeMemory } from '../../../../machine/memory.ts';
import { STOPPED_EXIT_CODE } from '../../../../results/child-messages.ts';
import { keepReserve } from '../../../../results/files/reserve.ts';
import { isVoid, readSubmission, readTaskRecord, type Submission, writeTaskRecord } from '../../../../results/jobs/files.ts';
import type { JobTask, TaskRecord } from '../../../../results/jobs/records.ts';
import { outcomeFile, runFile } from '../../../../results/paths.ts';
import { readEnding } from '../../../../results/read.ts';
import { markAttempt, noteInLog, removeRunStop } from '../../../../results/write-run.ts';
import { createAlarm } from '../../../attempt/alarm.ts';
import { readUsedMs } from '../../../attempt/attempt.ts';
import { attend } from '../../../attempt/attend.ts';
import { type ChildExit, concludeOutOfTime, concludeRun } from '../../../attempt/conclude.ts';
import { watchFolder } from '../../../attempt/folder-watch.ts';
import type { Slot } from '../../../plan/slots.ts';
import type { LaunchEnd } from '../../../schedule/schedule.ts';
import { createLocalExecutor } from '../../local/local.ts';
import { findParentDeathPrefix } from '../../local/no-orphans.ts';
import { findChange, findTrainerChange } from '../snapshot.ts';
import { holdFolder } from './hold-folder.ts';
import { type Place, readPlace } from './place.ts';
import { decideLeaving, queueAgain } from './queue-again.ts';
import type { SchedulerSignals } from './scheduler-signals.ts';
import { followRequests } from './stop-requests.ts';

export interface TaskEnd {
  exitCode: number;
  /** Why it did not train. */
  why?: string;
}

export async function carryOutTask(submissionFolder: string, { leave }: SchedulerSignals): Promise<TaskEnd> {
  const place = readPlace(process.env);
  if (place === null) return refuse('SLURM_ARRAY_JOB_ID and SLURM_ARRAY_TASK_ID: expected a task of an array of SLURM, found none');
  const found = await waitFor(() => findTask(submissionFolder, place.index));
  if (found === null) return refuse(`${submissionFolder}: expected task ${place.index} of a submission, found none`);
  const { submission, task } = found;
  if (existsSync(outcomeFile(task.folder))) return leaveQuietly('The run has its outcome.');
  const lost = new AbortController();
  const onLost = () => lost.abort('another process, which has taken the run over');
  const hold = await holdFolder(task.folder, { id: place.job, restart: place.restart }, { onLost });
  if ('refusal' in hold) return leaveQuietly(hold.refusal);
  try {
    if (isVoid(submissionFolder, place.index)) return leaveQuietly('This task was given up, and its run handed over anew.');
    if (existsSync(outcomeFile(task.folder))) return leaveQuietly('The run has its outcome.');
    return { exitCode: await train({ submission, task, place, leave, lost: lost.signal, release: hold.release }) };
  } finally {
    hold.release();
  }
}

interface Training {
  submission: Submission;
  task: JobTask;
  place: Place;
  leave: AbortSignal;
  /** Aborted where another process has taken the folder. */
  lost: AbortSignal;
  release(): void;
}

async function train({ submission, task, place, leave, lost, release }: Training): Promise<number> {
  const { folder } = task;
  const beganMs = performance.now();
  const former = readTaskRecord(submission.folder, place.index);
  const timeLimits = former?.timeLimits ?? 0;
  const record: TaskRecord = {
    format: 1,
    job: place.job,
    restart: place.restart,
    node: place.node,
    beganAt: new Date().toISOString(),
    timeLimits,
    preemptions: Math.max(former?.preemptions ?? 0, place.restart - timeLimits), // those that the scheduler has decided alone, too
    end: null,
  };
  const write = (changes: Partial<TaskRecord> = {}) => writeTaskRecord(submission.folder, place.index, { ...record, ...changes });
  const finish = (end: Omit<NonNullable<TaskRecord['end']>, 'at'>, changes: Partial<TaskRecord> = {}): number => {
    write({ ...changes, end: { at: new Date().toISOString(), ...end } });
    return end.exitCode;
  };
  const concluded = (end: LaunchEnd): number => {
    if (end.kind === 'paused') return finish({ why: 'paused', exitCode: STOPPED_EXIT_CODE, status: null, message: null });
    const status = end.outcome?.status ?? null;
    return finish({ why: 'finished', exitCode: status === 'succeeded' ? 0 : 1, status, message: end.problem ?? null });
  };
  const change = findChange(submission.record.snapshot) ?? findTrainerChange(folder);
  if (change !== null) {
    noteInLog(folder, `not trained on ${place.node}: ${change}`);
    return finish({ why: 'refused', exitCode: 1, status: null, message: change });
  }
  write();
  if (record.preemptions > task.preemptions) {
    const message = `Its job was queued again ${record.preemptions} times (execution.slurm.preemptions)`;
    return concluded(concludeRun(folder, { ended: 'by-itself', verdict: { status: 'crashed', message } }));
  }
  const usedMs = task.timeoutMs === null ? 0 : readUsedMs(folder);
  if (task.timeoutMs !== null && usedMs >= task.timeoutMs) return concluded(concludeOutOfTime(folder, task.timeoutMs));
  markAttempt(folder);
  noteInLog(folder, `job ${place.task} on ${place.node}${place.restart > 0 ? `, start ${place.restart + 1}` : ''}`);
  keepReserve(folder);
  const requests = followRequests(folder, { leave, lost });
  const exit = await trainChild({ submission, task, usedMs, stop: requests.stop });
  requests.end();
  if (lost.aborted) return 1;
  if (!requests.isByScheduler() || exit.ended !== 'stopped' || readEnding(folder).outcome !== null) {
    removeRunStop(folder);
    return concluded(concludeRun(folder, exit));
  }
  removeRunStop(folder);
  const signal = String(leave.reason);
  const ranMs = performance.now() - beganMs;
  const decision = await decideLeaving({ task: place.task, signal, ranMs, budget: task, used: record });
  const left = { exitCode: STOPPED_EXIT_CODE, status: null, message: null };
  if (decision.kind === 'wait') return finish({ ...left, why: 'left' });
  if (decision.kind === 'spent') {
    const verdict = { status: decision.why === 'time limit' ? ('timed-out' as const) : ('crashed' as const), message: decision.message };
    return concluded(concludeRun(folder, { ended: 'by-itself', verdict }));
  }
  noteInLog(folder, `${signal}: ${exit.exitCode === STOPPED_EXIT_CODE ? 'saved' : 'ended'}, and queued again for its ${decision.why}`);
  const counted = decision.why === 'time limit' ? { timeLimits: timeLimits + 1 } : { preemptions: record.preemptions + 1 };
  finish({ ...left, why: 'requeued' }, counted);
  release();
  const refusal = await queueAgain(place.task);
  if (refusal === null) return 0;
  const message = `it could not be queued again: ${refusal}`;
  noteInLog(folder, message);
  return finish({ ...left, exitCode: 1, why: 'left', message }, counted);
}

/** With what SLURM has given this job: CUDA_VISIBLE_DEVICES stays as it is. */
async function trainChild({
  submission,
  task,
  usedMs,
  stop,
}: Pick<Training, 'submission' | 'task'> & { usedMs: number; stop: { graceful: AbortSignal; forced: AbortSignal } }): Promise<ChildExit> {
  const { folder, numerics, backend, mayChangeBackend, timeoutMs, stallTimeoutMs, graceMs } = task;
  const { trainer, environment } = submission.record.snapshot;
  const executor = createLocalExecutor({
    trainer,
    environment: { ...environment, ...libraryEnvironment() },
    machine: { gpus: [], cores: numerics.threads, freeMemoryBytes: describeMemory().freeBytes },
    prefix: await findParentDeathPrefix(),
  });
  const slot: Slot = {
    index: 0,
    gpus: task.onCpu ? [] : null,
    ...numerics,
    mayChangeBackend,
    ...(backend && { backend: backend as NonNullable<Slot['backend']> }),
  };
  const alarm = createAlarm();
  const watch = watchFolder(folder, () => {});
  try {
    const job = await executor.start(folder, slot, { onMessage: watch.onMessage, onChange: alarm.ring }, { timeoutMs, stallTimeoutMs });
    const limits = { timeoutMs, stallTimeoutMs, graceMs };
    const exit = await attend(job, { executor, folder, limits, stop, usedMs, alarm, watch, isTakenOver: () => false });
    return exit === 'taken-over' || exit === 'left' ? { ended: 'stopped' } : exit;
  } catch (error) {
    return { ended: 'by-itself', spawnError: (error as Error).message };
  }
}

function findTask(folder: string, index: number): { submission: Submission; task: JobTask } | null {
  const submission = readSubmission(folder);
  const task = submission?.tasks[index];
  return submission && task && existsSync(runFile(task.folder)) ? { submission, task } : null;
}

/** What was written elsewhere may take a while to be seen here. */
async function waitFor<T>(look: () => T | null): Promise<T | null> {
  for (const startMs = performance.now(); ; await sleep(LOOK_EVERY_MS)) {
    const found = look();
    if (found !== null || performance.now() - startMs > LAG_MS) return found;
  }
}

const LOOK_EVERY_MS = 500;
const LAG_MS = 60_000;

const refuse = (why: string): TaskEnd => ({ exitCode: 2, why });

/** Someone else does the work, or it is done: no fault. */
const leaveQuietly = (why: string): TaskEnd => ({ exitCode: 0, why });
