// Whether and how a task has itself queued again.

import { setTimeout as sleep } from 'node:timers/promises';
import type { JobTask, TaskRecord } from '../../../../results/jobs/records.ts';
import { type AskScheduler, askScheduler } from '../ask-scheduler.ts';

export interface Leaving {
  task: string;
  /** The signal that came. */
  signal: string;
  /** Milliseconds since the job began. */
  ranMs: number;
  budget: Pick<JobTask, 'timeLimits' | 'preemptions' | 'timeLimitMs' | 'graceMs'>;
  used: Pick<TaskRecord, 'timeLimits' | 'preemptions'>;
  ask?: AskScheduler;
}

/**
 * queue: it has to ask for that. wait: the scheduler ends it, and decides what follows. spent: it was queued again as often as it may be, for
 * this reason.
 */
export type Decision =
  | { kind: 'queue'; why: 'time limit' | 'preemption' }
  | { kind: 'wait' }
  | { kind: 'spent'; why: 'time limit' | 'preemption'; message: string };

/** SIGTERM comes before a preemption, but also with scancel and at the end of the time: only a job that runs on has to ask. */
export async function decideLeaving(leaving: Leaving): Promise<Decision> {
  const { task, signal, ranMs, budget } = leaving;
  const { used, ask = askScheduler } = leaving;
  const state = await readState(task, ask);
  if (signal === 'SIGTERM' && state?.word !== 'RUNNING') return { kind: 'wait' };
  const leftMs = budget.timeLimitMs === null ? (state?.leftMs ?? null) : budget.timeLimitMs - ranMs;
  const isTime = leftMs === null || leftMs <= budget.graceMs * 1.25 + SOONER_MS;
  const why = isTime ? 'time limit' : 'preemption';
  const [spent, most] = isTime ? [used.timeLimits, budget.timeLimits] : [used.preemptions, budget.preemptions];
  if (spent < most) return { kind: 'queue', why };
  return {
    kind: 'spent',
    why,
    message: `Its job was queued again ${spent} times already for its ${why} (execution.slurm.${isTime ? 'timeLimits' : 'preemptions'})`,
  };
}

/** SLURM sends the signal up to a minute sooner than asked. */
const SOONER_MS = 65_000;

async function readState(task: string, ask: AskScheduler): Promise<{ word: string; leftMs: number | null } | null> {
  const answer = await ask(['squeue', '-h', '-j', task, '-o', '%T|%L'], 10_000);
  const [word, left] = answer.ok ? answer.stdout.trim().split('|') : [];
  return word ? { word, leftMs: parseLeft(left ?? '') } : null;
}

/** "1-02:03:04", "2:03:04", "3:04"; null for UNLIMITED, INVALID and such. */
export function parseLeft(text: string): number | null {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(text);
  if (!match) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number];
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** Resolves with null where that was granted: then this process has to leave, and the scheduler sees to the rest. Else with why not. */
export async function queueAgain(task: string, ask: AskScheduler = askScheduler): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(['scontrol', 'requeue', task], 30_000);
    if (answer.ok) return null;
    if (attempt === ATTEMPTS) return answer.message;
    await sleep(2000);
  }
}

const ATTEMPTS = 5;
