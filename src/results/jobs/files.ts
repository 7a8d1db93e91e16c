// Reads and writes what lies in .jobs/ of an experiment's folder. Shared file systems show a new file late: who finds none asks again.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJson, readPlainFile } from '../files/read.ts';
import { writeFileAtomic, writeJsonAtomic } from '../files/write.ts';
import { arrayFile, jobsFolder, submissionFile, submissionVoidFile, taskRecordFile, tasksFile, taskVoidFile } from '../paths.ts';
import type { ArrayRecord, JobTask, SubmissionRecord, TaskRecord } from './records.ts';

/** A submission whose record can be read. */
export interface Submission {
  name: string;
  folder: string;
  record: SubmissionRecord;
  tasks: JobTask[];
  /** The number of the array; null: it was never written down. */
  array: string | null;
}

/** Writes a submission before it is handed over. Throws a WriteFailure. */
export function writeSubmission(folder: string, record: SubmissionRecord, tasks: readonly JobTask[]): void {
  writeFileAtomic(tasksFile(folder), tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
  writeJsonAtomic(submissionFile(folder), record);
}

export function writeArray(folder: string, id: string): void {
  writeJsonAtomic(arrayFile(folder), { format: 1, id } satisfies ArrayRecord);
}

/** All submissions of an experiment that are not void, the oldest first. What cannot be read is left out. */
export function readSubmissions(experimentFolder: string): Submission[] {
  return listNames(jobsFolder(experimentFolder))
    .filter((name) => !name.startsWith('code-'))
    .sort()
    .flatMap((name) => readSubmission(join(jobsFolder(experimentFolder), name)) ?? [])
    .filter(({ folder }) => !existsSync(submissionVoidFile(folder)));
}

export function readSubmission(folder: string): Submission | null {
  const record = readJson<SubmissionRecord>(submissionFile(folder), isSubmission, 'a submission').value;
  if (record === null) return null;
  const tasks = parseTasks(readPlainFile(tasksFile(folder), MOST_BYTES)?.toString('utf8') ?? '');
  const array = readJson<ArrayRecord>(arrayFile(folder), ({ id }) => typeof id === 'string', 'a number of an array').value;
  return { name: basename(folder), folder, record, tasks, array: array?.id ?? null };
}

const MOST_BYTES = 256 * 1024 * 1024;

export function readTaskRecord(folder: string, task: number): TaskRecord | null {
  return readJson<TaskRecord>(taskRecordFile(folder, task), isTaskRecord, 'the record of a task').value;
}

/** The record of a start that came later is never replaced by that of an earlier one. Throws a WriteFailure. */
export function writeTaskRecord(folder: string, task: number, record: TaskRecord): void {
  if ((readTaskRecord(folder, task)?.restart ?? -1) > record.restart) return;
  writeJsonAtomic(taskRecordFile(folder, task), record);
}

/** From now on a task that begins leaves at once. Throws a WriteFailure. */
export function makeVoid(folder: string, task?: number): void {
  const path = task === undefined ? submissionVoidFile(folder) : taskVoidFile(folder, task);
  if (!existsSync(path)) writeFileAtomic(path, '');
}

export function isVoid(folder: string, task: number): boolean {
  return existsSync(submissionVoidFile(folder)) || existsSync(taskVoidFile(folder, task));
}

function parseTasks(text: string): JobTask[] {
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

function listNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isSubmission({ jobName, command, snapshot, tasks }: Record<string, unknown>): boolean {
  return (
    typeof jobName === 'string' && Array.isArray(command) && typeof snapshot === 'object' && snapshot !== null && Number.isInteger(tasks)
  );
}

function isTaskRecord({ job, restart, node, end }: Record<string, unknown>): boolean {
  return typeof job === 'string' && Number.isInteger(restart) && typeof node === 'string' && (end === null || typeof end === 'object');
}
