// What every way of carrying out runs offers: places for them, and jobs in these places. Each executor is a folder beside this file.
// The life of an attempt (the folder, the lease, time limits, stopping, the outcome) is none of its business: runner/attempt/.

import type { ExecutionConfig } from '../../experiment/schema/schema.ts';
import type { BackendChoice } from '../../machine/backend.ts';
import type { OutcomeRecord } from '../../results/records.ts';
import type { Demand, Machine, Slot } from '../plan/slots.ts';
import type { Code } from '../provenance/code.ts';

export interface Executor {
  /** The places in which runs can go on at the same time, at least one. Throws a UserError where a run fits nowhere. */
  capacity(demand: Demand): Slot[];
  /**
   * Waits for what the slot takes of a machine that others use as well. Resolves with a function that gives it back when the job has ended;
   * null once the signal is aborted. Absent: there is nothing to wait for.
   */
  admit?(folder: string, slot: Slot, wait: { signal: AbortSignal; onWait(): void }): Promise<(() => void) | null>;
  /**
   * Starts a process that trains the run of this folder with what the slot offers, or queues it. The folder is all that the
   * process is given. Rejects with a StartError where that is refused, and with an error of the system.
   */
  start(folder: string, slot: Slot, hear: JobListener, limits: AttemptLimits): Promise<Job>;
  /**
   * A job that a former command has started for this folder, and that still waits or works. Waits until that is known. `wasOpen`: when the
   * sweep was planned the run had no outcome; then a job counts, too, that has left one since. Absent: its jobs end with the command.
   */
  find?(folder: string, wasOpen: boolean): Promise<Job | null>;
  /** The jobs keep their time limits, and write their outcomes, by themselves. */
  keepsLimits?: boolean;
  /** The jobs go on when the command ends. */
  outlivesRunner?: boolean;
  /** What computes where the runs are carried out, by what this machine would choose; absent: the same. */
  backendOf?(choice: BackendChoice): BackendChoice;
  /** Where runs are carried out, for a person; absent: on this machine. */
  summary?: string;
  /** How often jobs are asked for their state where they do not tell by themselves. */
  pollEveryMs: number;
  /**
   * For how long a run folder must not change before it is believed that a job has ended without an outcome, or has ended with
   * one although its executor denies it. 0 where the state of a job is certain, as that of a process of one's own is.
   */
  settleMs: number;
}

/** What an executor is made from. */
export interface ExecutorContext {
  /** The program that trains one run: a JavaScript file for this Node, or any other program. It gets the run folder as its argument. */
  trainer: string;
  /** What this machine offers, as far as it may be used. */
  machine: Machine;
  /** Added to the environment of every process that trains. */
  environment?: Record<string, string>;
  experiment: { name: string; execution: ExecutionConfig; folder: string };
  /** The folder of the bundles that this process runs from. */
  bundles: string;
  code: Promise<Code>;
  /** Aborted once the command is to end: nothing waits for a scheduler any longer. */
  leave: AbortSignal;
}

/** Milliseconds; null: none. What they limit is told in attempt/attend.ts. */
export interface AttemptLimits {
  timeoutMs: number | null;
  stallTimeoutMs: number | null;
}

export interface Job {
  /**
   * The process on this host that trains the run; the runner takes the lease of the folder for it. Without one the process takes the lease
   * by itself when it begins, and leaves where it cannot: it may outlive this runner, and only its own heartbeat then keeps others away.
   */
  pid?: number;
  /** May reject, or never resolve: then nothing is known this time. */
  poll(): Promise<JobState>;
  /**
   * Asks the process to save and leave, beside the file stop.json that it polls. A job that is still queued is taken back. May be called
   * again.
   */
  stop(): void | Promise<void>;
  /** Ends the process, with everything that it has started. May be called again, and after the end. */
  kill(): void | Promise<void>;
}

export type JobState =
  /** Accepted, and waits for its turn. */
  | { state: 'pending' }
  | { state: 'running' }
  /** There is no answer at this time. It says nothing about the job. */
  | { state: 'unknown' }
  /** `isCertain`: the process has said so itself, as its last act, whatever `settleMs` is. */
  | ({ state: 'ended'; isCertain?: boolean } & JobExit);

export interface JobExit {
  exitCode?: number | undefined;
  signal?: string | undefined;
  /** Of a job that a SIGKILL has ended: whether the kernel has ended something for want of memory meanwhile, and where. */
  memoryKill?: 'in-group' | 'on-machine' | 'none' | 'unknown' | undefined;
  /** What the executor knows of a job that has left no outcome. */
  verdict?: Pick<OutcomeRecord, 'status' | 'message'> | undefined;
}

/** What an executor may tell before it is asked. All of it may be lost. */
export interface JobListener {
  /** The job has said this; whatever it is. */
  onMessage(message: unknown): void;
  /** The state of the job may have changed. */
  onChange(): void;
}

/** A job that was refused. The message says why. */
export class StartError extends Error {
  override name = 'StartError';
}

/** A string as the reason of an aborted signal names who asked, for a person: "Ctrl-C". */
export interface StopSignals {
  /** Finish the step, save, leave. */
  graceful: AbortSignal;
  /** Leave at once. */
  forced: AbortSignal;
  /** Go away, and let the jobs go on; only where the executor's outlive the runner. */
  leave?: AbortSignal;
}
