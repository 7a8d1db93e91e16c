// (pure) What the files of a submission to a cluster hold: .jobs/<submission>/ in an experiment's folder.

import type { Numerics } from '../records.ts';

/** submission.json: written, with tasks.jsonl, before the tasks are handed over, so that no job is ever unknown. */
export interface SubmissionRecord {
  format: 1;
  executor: 'slurm';
  /** Of the array; nobody else's, so that it is found even where its number was never written down. */
  jobName: string;
  createdAt: string;
  host: string;
  /** The words that hand it over. */
  command: string[];
  tasks: number;
  snapshot: JobSnapshot;
}

/** What runs in the jobs, whatever becomes of the checkout meanwhile. */
export interface JobSnapshot {
  /** Folder of the bundles. */
  code: string;
  /** The program that trains one run. */
  trainer: string;
  /** Its SHA-256 where it is no part of the bundles. */
  trainerHash: string | null;
  node: string;
  nodeVersion: string;
  commit: string | null;
  dirty: boolean;
  /** Of the uncommitted changes, in the run folders. */
  patch: string | null;
  /** File -> SHA-256: what the bundles load from the checkout, and the set-up of native TensorFlow. A task leaves where one has changed. */
  installed: Record<string, string | null>;
  /** Variables that a job gets besides those that the scheduler passes on. */
  environment: Record<string, string>;
}

/** A line of tasks.jsonl. Its place, from 0, is the task's index in the array. */
export interface JobTask {
  run: string;
  /** Absolute. */
  folder: string;
  numerics: Numerics;
  backend?: string;
  mayChangeBackend: boolean;
  /** It shows the trainer no GPU, although the job may have one: the run was begun without. */
  onCpu?: boolean;
  timeoutMs: number | null;
  stallTimeoutMs: number | null;
  graceMs: number;
  /** How often it may be queued again. */
  preemptions: number;
  timeLimits: number;
  /** Of the job; null: not known. */
  timeLimitMs: number | null;
}

/** array.json */
export interface ArrayRecord {
  format: 1;
  /** The number that the scheduler gave the array. */
  id: string;
}

/**
 * tasks/<index>.json: replaced by the task itself when it begins and ends. `why` it ended: finished: with an outcome. paused: at the epoch after
 * which it waits for a decision. requeued: it has asked to be queued again. left: it was told to end, and the scheduler decides what follows.
 * refused: it did not train, for the reason in `message`.
 */
export interface TaskRecord {
  format: 1;
  job: string;
  restart: number;
  node: string;
  beganAt: string;
  /** How often it was queued again at its time limit, and how often for other reasons. */
  timeLimits: number;
  preemptions: number;
  end: null | {
    at: string;
    why: 'finished' | 'paused' | 'requeued' | 'left' | 'refused';
    exitCode: number;
    /** Of its outcome, where it wrote one. */
    status: string | null;
    message: string | null;
  };
}
