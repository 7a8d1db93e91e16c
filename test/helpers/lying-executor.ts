// An executor as a cluster can be: it queues jobs, starts some of them twice, and what it says of them is late, wrong or missing for a
// while.
// Its processes have no channel to the runner, and take the lease of their folder by themselves: Facet's own trainer does so, for others
// there is a shim.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/experiment/random.ts';
import { logFile } from '../../src/results/paths.ts';
import type { Executor, Job, JobState } from '../../src/runner/executors/executor.ts';

export interface LyingExecutor extends Executor {
  /** Answers that were not true, by kind. */
  lies: Record<'false end' | 'false life' | 'unknown' | 'no answer', number>;
  /** How often a job was started a second time. */
  countTwins(): number;
  /** Jobs that are queued, and processes that are alive. */
  countOpen(): number;
  /** What the processes have noted, in order: whose trainer has begun or ended, and where. */
  readLives(): { folder: string; pid: number; what: 'begins' | 'ends' }[];
}

export interface LyingOptions {
  seed: number;
  trainer: string;
  /** The bundle of test/fixtures/lease-shim.ts, for a trainer that takes no lease. */
  shim?: string;
  /** A file for the notes of the shims. */
  lives: string;
  /** Jobs at a time; the others are queued. */
  atOnce: number;
  /** One of so many jobs is started a second time. Default: 3. */
  oneTwinIn?: number;
}

/** How long it lies about one job in one way. Shorter than `settleMs`, as it ends some time. */
const LIE_MS = 700;

export function createLyingExecutor({ seed, shim, trainer, lives, atOnce, oneTwinIn = 3 }: LyingOptions): LyingExecutor {
  const random = createRandom(seed, 'lies');
  const queue: (() => void)[] = [];
  const lies = { 'false end': 0, 'false life': 0, unknown: 0, 'no answer': 0 };
  const alive = new Set<ChildProcess>();
  let running = 0;
  let queued = 0;
  let twins = 0;

  async function start(folder: string): Promise<Job> {
    await sleep(random.integer(30));
    const own: ChildProcess[] = [];
    let truth: JobState = { state: 'pending' };
    let changedMs = performance.now();
    let isCancelled = false;
    let losesStop = random.integer(3) === 0;
    const change = (state: JobState) => {
      truth = state;
      changedMs = performance.now();
    };
    const launch = () => {
      const child = spawnTrainer(folder);
      own.push(child);
      return child;
    };
    const begin = () => {
      queued--;
      if (isCancelled) return next();
      running++;
      change({ state: 'running' });
      launch().on('exit', (exitCode, signal) => {
        change({ state: 'ended', exitCode: exitCode ?? undefined, signal: signal ?? undefined });
        running--;
        next();
      });
      if (random.integer(oneTwinIn) > 0) return;
      setTimeout(() => {
        if (truth.state !== 'running' || isCancelled) return;
        twins++;
        launch();
      }, 400);
    };
    queued++;
    setTimeout(() => {
      queue.push(begin);
      next();
    }, random.integer(200));
    const cancel = () => {
      if (truth.state !== 'pending') return;
      isCancelled = true;
      change({ state: 'ended' });
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
        isCancelled = true;
        for (const { pid, exitCode, signalCode } of own) if (exitCode === null && signalCode === null) process.kill(-pid!, 'SIGKILL');
      },
    };
  }

  function spawnTrainer(folder: string): ChildProcess {
    const log = openSync(logFile(folder), 'a');
    const words = shim === undefined ? [trainer, folder] : [shim, trainer, folder, lives];
    const child = spawn(process.execPath, words, { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    alive.add(child);
    return child.on('exit', () => alive.delete(child));
  }

  function next(): void {
    if (running < atOnce) queue.shift()?.();
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
    lies,
    countTwins: () => twins,
    countOpen: () => alive.size + queued,
    readLives: () =>
      existsSync(lives)
        ? readFileSync(lives, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
  };
}
