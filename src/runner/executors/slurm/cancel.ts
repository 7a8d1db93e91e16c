// Takes back tasks and ends them, many with one call.

import type { AskScheduler } from './ask-scheduler.ts';
import type { Queue } from './queue.ts';

/** Resolves once the scheduler was asked. `onlyPending`: a task that has begun goes on. */
export type Cancel = (task: string, options?: { onlyPending?: boolean }) => Promise<void>;

export function createCancel(ask: AskScheduler, queue: Queue): Cancel {
  const waiting = { pending: new Set<string>(), all: new Set<string>() };
  let under: Promise<void> | null = null;

  /** scancel may fail, or be lost: then the task still has its row. */
  async function flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    under = null;
    const all = [...waiting.pending, ...waiting.all];
    for (const [kind, options] of [
      ['pending', ['--state=PENDING']],
      ['all', []],
    ] as const) {
      const tasks = [...waiting[kind]];
      waiting[kind].clear();
      for (let at = 0; at < tasks.length; at += MOST_AT_ONCE) await ask(['scancel', ...options, ...tasks.slice(at, at + MOST_AT_ONCE)]);
    }
    for (const task of all) queue.expectGone(task);
    queue.forget();
  }

  return (task, { onlyPending = false } = {}) => {
    waiting[onlyPending ? 'pending' : 'all'].add(task);
    under ??= flush();
    return under;
  };
}

const GATHER_MS = 100;
const MOST_AT_ONCE = 500;
