// What the scheduler says of all jobs of an experiment: one squeue and, where there is accounting, one sacct for all of them, kept for a
// while, and asked less often while nothing changes or no answer comes.

import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AskScheduler } from './ask-scheduler.ts';
import { parseSacct, parseSqueue, type QueueRow, SACCT_FORMAT, SQUEUE_FORMAT } from './parse-queue.ts';

/**
 * unknown: there is no answer, or none that says anything of this job; it says nothing. gone: the scheduler has answered for a while as if it
 * had never heard of it.
 */
export type QueueView = QueueRow['state'] | { kind: 'unknown' } | { kind: 'gone' };

export interface Queue {
  /** Of a task, "1234_5", as of an answer that is not older than the rest between two calls. */
  look(task: string): Promise<QueueView>;
  /** The row of a task in the last answer. */
  row(task: string): QueueRow | undefined;
  /** The numbers of the arrays with this name; null where the scheduler has not answered. Asks now. */
  findByName(name: string): Promise<string[] | null>;
  /** The next look asks again. */
  forget(): void;
  /**
   * The task was taken back: it is gone with the first answer from now on that lacks it. Of an array, tasks that were taken back before
   * they began leave no row.
   */
  expectGone(task: string): void;
}

export interface QueueOptions {
  ask: AskScheduler;
  /** The shortest and the longest rest between two calls. */
  restMs?: { least: number; most: number };
  /** For how long answers must lack a job before it counts as gone. */
  goneMs?: number;
}

export function createQueue({ ask, restMs = { least: 1000, most: 20_000 }, goneMs = 60_000 }: QueueOptions): Queue {
  let rows = new Map<string, QueueRow>();
  let isAnswered = false;
  let askedMs = Number.NEGATIVE_INFINITY;
  let rest = restMs.least;
  let hasAccounting = true;
  let under: Promise<void> | null = null;
  /** Since when answers have lacked a task. */
  const missing = new Map<string, number>();
  const watched = new Set<string>();
  const takenBack = new Map<string, number>();
  /** When the last whole answer was asked for. */
  let answerOfMs = Number.NEGATIVE_INFINITY;

  const refresh = (): Promise<void> => {
    under ??= renew().finally(() => {
      under = null;
    });
    return under;
  };

  async function renew(): Promise<void> {
    const before = describe(rows);
    const startMs = performance.now();
    const found = await askSqueue();
    askedMs = performance.now();
    isAnswered = found !== null;
    if (found === null) {
      rest = Math.min(restMs.most, rest * 2);
      return;
    }
    answerOfMs = startMs;
    const next = new Map(found.map((row) => [row.task, row]));
    const lacking = [...watched].filter((task) => !next.has(task));
    for (const row of await askSacct(lacking)) if (!next.has(row.task) && row.state.kind === 'ended') next.set(row.task, row);
    rows = next;
    for (const task of watched) if (rows.has(task)) missing.delete(task);
    for (const task of lacking) if (!rows.has(task) && !missing.has(task)) missing.set(task, performance.now());
    rest = describe(rows) === before ? Math.min(restMs.most, rest * 1.5) : restMs.least;
  }

  async function askSqueue(): Promise<QueueRow[] | null> {
    const answer = await ask(['squeue', '-r', '-t', 'all', '-u', nameUser(), '-o', SQUEUE_FORMAT]);
    return answer.ok ? parseSqueue(answer.stdout) : null;
  }

  /** Of those that squeue does not know any more. */
  async function askSacct(tasks: readonly string[]): Promise<QueueRow[]> {
    if (!hasAccounting || tasks.length === 0) return [];
    const arrays = [...new Set(tasks.map((task) => task.split('_')[0]!))];
    const answer = await ask(['sacct', '-n', '-X', '-P', '-j', arrays.join(','), '--format', SACCT_FORMAT]);
    if (!answer.ok && (answer.isMissing || /accounting storage is disabled/i.test(answer.message))) hasAccounting = false;
    return answer.ok ? parseSacct(answer.stdout) : [];
  }

  return {
    async look(task) {
      watched.add(task);
      if (performance.now() - askedMs >= rest) await refresh();
      const row = rows.get(task);
      if (row) return isAnswered ? row.state : { kind: 'unknown' };
      const since = missing.get(task);
      if (isAnswered && (takenBack.get(task) ?? Number.POSITIVE_INFINITY) < answerOfMs) return { kind: 'gone' };
      return isAnswered && since !== undefined && performance.now() - since >= goneMs ? { kind: 'gone' } : { kind: 'unknown' };
    },
    row: (task) => rows.get(task),
    async findByName(name) {
      await under;
      await refresh();
      if (!isAnswered) return null;
      const numbers = [...rows.values()].filter((row) => row.name === name).map(({ task }) => task.split('_')[0]!);
      return [...new Set(numbers)];
    },
    forget() {
      rest = restMs.least;
      askedMs = Number.NEGATIVE_INFINITY;
    },
    expectGone(task) {
      if (!takenBack.has(task)) takenBack.set(task, performance.now());
    },
  };
}

const describe = (rows: ReadonlyMap<string, QueueRow>): string =>
  [...rows.values()].map(({ task, state }) => `${task} ${state.kind}`).join('\n');

/** Waits until it is known whether a task waits, runs or is over. */
export async function settleTask(queue: Queue, task: string, signal: AbortSignal): Promise<Exclude<QueueView, { kind: 'unknown' }> | null> {
  while (!signal.aborted) {
    const view = await queue.look(task);
    if (view.kind !== 'unknown') return view;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

const LOOK_EVERY_MS = 500;

/** The number, since containers often have no name for it. */
function nameUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
