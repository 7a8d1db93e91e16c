// An executor as a cluster can be: it queues jobs, and what it says of them is late, wrong or missing for a while. Its children have no
// channel to the runner.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/experiment/random.ts';
import { logFile } from '../../src/results/paths.ts';
import type { Executor, Job, JobState } from '../../src/runner/executors/executor.ts';

export interface LyingExecutor extends Executor {
  /** Every process that was started, and when it lived. */
  lives: { folder: string; startedMs: number; endedMs: number | null }[];
  /** Answers that were not true, by kind. */
  lies: Record<'false end' | 'false life' | 'unknown' | 'no answer', number>;
  /** Jobs that are queued or alive. */
  countOpen(): number;
}

export interface LyingOptions {
  seed: number;
  trainer: string;
  /** Processes at a time; the others are queued. */
  atOnce: number;
}

/** How long it lies about one job in one way. Shorter than `settleMs`, as it ends some time. */
const LIE_MS = 700;

export function createLyingExecutor({ seed, trainer, atOnce }: LyingOptions): LyingExecutor {
  const random = createRandom(seed, 'lies');
  const queue: (() => void)[] = [];
  const lives: LyingExecutor['lives'] = [];
  const lies = { 'false end': 0, 'false life': 0, unknown: 0, 'no answer': 0 };
  let alive = 0;
  let queued = 0;

  async function start(folder: string): Promise<Job> {
    await sleep(random.integer(30));
    let truth: JobState = { state: 'pending' };
    let changedMs = performance.now();
    let child: ReturnType<typeof spawn> | undefined;
    let isCancelled = false;
    let losesStop = random.integer(3) === 0;
    queued++;
    const begin = () => {
      queued--;
      if (isCancelled) return next();
      alive++;
      const life = { folder, startedMs: performance.now(), endedMs: null as number | null };
      lives.push(life);
      const log = openSync(logFile(folder), 'a');
      child = spawn(process.execPath, [trainer, folder], { stdio: ['ignore', log, log] });
      closeSync(log);
      truth = { state: 'running' };
      changedMs = performance.now();
      child.on('exit', (exitCode, signal) => {
        life.endedMs = performance.now();
        changedMs = performance.now();
        truth = { state: 'ended', exitCode: exitCode ?? undefined, signal: signal ?? undefined };
        alive--;
        next();
      });
    };
    setTimeout(() => {
      queue.push(begin);
      next();
    }, random.integer(200));

    const cancel = () => {
      if (child) return;
      isCancelled = true;
      truth = { state: 'ended' };
      changedMs = performance.now();
    };
    return {
      async poll() {
        await sleep(random.integer(10));
        const isFresh = performance.now() - changedMs < LIE_MS;
        const kind = random.integer(6);
        if (kind === 0) return lie('unknown', { state: 'unknown' });
        if (kind === 1) {
          lies['no answer']++;
          throw new Error('the scheduler does not answer');
        }
        if (kind === 2 && truth.state === 'running' && isFresh) return lie('false end', { state: 'ended', exitCode: 0 });
        if (kind <= 4 && truth.state === 'ended' && isFresh) return lie('false life', { state: 'running' });
        return truth;
      },
      stop() {
        if (losesStop) {
          losesStop = false;
          throw new Error('the scheduler does not answer');
        }
        cancel(); // a process that works finds stop.json
      },
      kill() {
        cancel();
        child?.kill('SIGKILL');
      },
    };
  }

  function next(): void {
    if (alive < atOnce) queue.shift()?.();
  }

  function lie(kind: keyof typeof lies, state: JobState): JobState {
    lies[kind]++;
    return state;
  }

  return {
    capacity: () => [],
    start,
    pollEveryMs: 40,
    settleMs: 1500,
    lives,
    lies,
    countOpen: () => alive + queued,
  };
}
