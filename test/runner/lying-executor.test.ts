// Sweeps of real children on an executor that queues, lies and loses answers: nothing is trained twice, and nothing hangs.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLiveLease } from '../../src/results/leases/lease.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, metricsFile, runFolder, runStopFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import type { RunnerEvent } from '../../src/runner/run-experiment.ts';
import { bundle } from '../helpers/bundle.ts';
import { createLyingExecutor, type LyingExecutor } from '../helpers/lying-executor.ts';
import { createPoints, runSweep, type SweepOptions, trainer } from '../helpers/sweep.ts';

let resultsRoot: string;
let shim: string;
beforeAll(async () => {
  shim = await bundle('test/fixtures/lease-shim.ts');
});
afterAll(() => rmSync(dirname(shim), { recursive: true, force: true }));
beforeEach(() => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-lies-'));
});
afterEach(() => {
  rmSync(resultsRoot, { recursive: true, force: true });
});

const folderOf = (id: string) => runFolder(resultsRoot, 'sweep', id);
const states = () => readExperiment(resultsRoot, 'sweep').runs.map((run) => run.state);
const steps = (id: string) => readMetrics(metricsFile(folderOf(id))).records.map((record) => record.step);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

type LyingSweepOptions = Partial<SweepOptions> & { seed?: number; epochs?: number; oneTwinIn?: number };

/** Each run behaves as its name says. */
function sweepOf(trainers: string[], { seed = 1, epochs = 5, oneTwinIn, ...options }: LyingSweepOptions = {}) {
  vi.stubEnv('TRAINERS', trainers.join(','));
  const points = createPoints(trainers.length, epochs);
  const executor = createLyingExecutor({
    seed,
    shim,
    lives: join(resultsRoot, 'lives.jsonl'),
    trainer: trainer('by-seed'),
    atOnce: 3,
    oneTwinIn,
  });
  return {
    points,
    executor,
    run: (more: Partial<SweepOptions> = {}) => runSweep({ resultsRoot, points, executor, slots: 4, ...options, ...more }),
  };
}

/** No two trainers have ever worked in one folder at the same time, and no process is left. */
async function expectNoneTwice({ readLives, countOpen }: LyingExecutor): Promise<void> {
  await expect.poll(countOpen, { timeout: 10_000 }).toBe(0);
  const lives = readLives();
  for (const folder of new Set(lives.map((life) => life.folder))) {
    const own = lives.filter((life) => life.folder === folder);
    const ended = new Set(own.filter(({ what }) => what === 'ends').map(({ pid }) => pid));
    let holder: number | null = null;
    for (const { pid, what } of own) {
      if (what === 'begins') expect(holder === null || !ended.has(holder)).toBe(true); // one that was killed has noted no end
      holder = what === 'begins' ? pid : null;
    }
    expect(readLiveLease(leaseFile(folder))).toBeNull();
    expect(existsSync(runStopFile(folder))).toBe(false);
  }
}

describe('on an executor that queues, lies and loses answers', () => {
  it.each([1, 2, 3])('every run of a sweep ends as it should, trained once (seed %i)', async (seed) => {
    vi.stubEnv('TRAINER_STEP_MS', '60');
    const trainers = ['succeed', 'crash-once', 'diverge', 'fail', 'succeed', 'silent', 'crash-once', 'succeed'];
    const phases: string[] = [];
    const reported: number[] = [];
    const { run, points, executor } = sweepOf(trainers, { seed, execution: { retries: 1 } });
    await run({
      onEvent(event) {
        if (event.type !== 'progress') return;
        if (event.message.type === 'phase') phases.push(event.message.phase);
        else reported.push(event.message.step);
      },
    });
    expect(states()).toEqual(['succeeded', 'succeeded', 'diverged', 'crashed', 'succeeded', 'succeeded', 'succeeded', 'succeeded']);
    for (const index of [0, 1, 4, 6, 7]) expect(steps(points[index]!.id)).toEqual(upTo(5));
    expect(steps(points[5]!.id)).toEqual(upTo(20));
    await expectNoneTwice(executor);
    expect(phases).toContain('queued');
    expect(reported.length).toBeGreaterThan(0);
    for (const count of Object.values(executor.lies)) expect(count).toBeGreaterThan(0);
  });

  it('a job that is started twice trains once', async () => {
    vi.stubEnv('TRAINER_STEP_MS', '100');
    const { run, points, executor } = sweepOf(Array(3).fill('succeed'), { epochs: 12, oneTwinIn: 1 });
    await run();
    expect(executor.countTwins()).toBe(3);
    for (const { id } of points) expect(steps(id)).toEqual(upTo(12));
    expect(states()).toEqual(Array(3).fill('succeeded'));
    await expectNoneTwice(executor);
  });

  it('successive halving ends as it does with children of this process', async () => {
    vi.stubEnv('CONTEST', JSON.stringify({ 1: [6], 2: [2], 3: [5], 4: [1], 5: [4], 6: [3] }));
    const points = createPoints(6, 9);
    const executor = createLyingExecutor({
      seed: 4,
      shim,
      lives: join(resultsRoot, 'lives.jsonl'),
      trainer: trainer('contest'),
      atOnce: 2,
    });
    await runSweep({ resultsRoot, points, executor, slots: 2, halving: { metric: 'lossG', mode: 'min', minEpochs: 1, factor: 3 } });
    expect(states()).toEqual(['stopped-early', 'stopped-early', 'stopped-early', 'succeeded', 'stopped-early', 'stopped-early']);
    expect(steps(points[3]!.id)).toEqual(upTo(18));
    await expectNoneTwice(executor);
  });

  it('a stop reaches the children through their folders, takes back what is queued, and the next runner goes on', async () => {
    vi.stubEnv('TRAINER_STEP_MS', '60');
    const stop = new AbortController();
    const { run, points, executor } = sweepOf(Array(6).fill('succeed'), { epochs: 40, graceMs: 20_000 });
    const onEvent = (event: RunnerEvent) => event.type === 'progress' && event.message.type === 'progress' && stop.abort('Ctrl-C');
    await run({ graceful: stop.signal, onEvent });
    await expectNoneTwice(executor);
    expect(new Set(states())).toEqual(new Set(['cancelled', 'queued']));
    const before = points.map(({ id }) => steps(id).length);
    expect(before.some((length) => length > 0 && length < 40)).toBe(true);
    vi.stubEnv('TRAINER_STEP_MS', '1');
    await runSweep({ resultsRoot, points });
    expect(states()).toEqual(Array(6).fill('succeeded'));
    for (const { id } of points) expect(steps(id)).toEqual(upTo(40));
  });

  it('what hears nothing is ended by force after its time, and by a second stop at once', async () => {
    const { run, executor } = sweepOf(['hang', 'ignore-stop'], { execution: { timeout: 1 }, graceMs: 200 });
    await run();
    expect(states()).toEqual(['timed-out', 'timed-out']);
    await expectNoneTwice(executor);

    const stop = new AbortController();
    const onEvent = (event: RunnerEvent) => event.type === 'launched' && setTimeout(() => stop.abort(), 1500);
    await run({ retryFailed: true, graceful: stop.signal, forced: stop.signal, onEvent, graceMs: 600_000, execution: {} });
    expect(states()).toEqual(['cancelled', 'cancelled']);
    await expectNoneTwice(executor);
  });
});
