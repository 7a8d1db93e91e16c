// Sweeps of real child processes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordEngine } from '../../src/results/engine-file.ts';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { acquireLease, createLease, readLease } from '../../src/results/leases/lease.ts';
import { readLogTail } from '../../src/results/lines/log.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, logFile, metricsFile, outcomeFile, runFile, runFolder } from '../../src/results/paths.ts';
import { readExperiment, readRun } from '../../src/results/read.ts';
import { findParentDeathPrefix } from '../../src/runner/executors/local/no-orphans.ts';
import type { RunnerEvent } from '../../src/runner/run-experiment.ts';
import { createPoints, runSweep, type SweepOptions, trainer } from '../helpers/sweep.ts';

let resultsRoot: string;
beforeEach(() => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-sweep-'));
});
afterEach(() => {
  rmSync(resultsRoot, { recursive: true, force: true });
});

const folderOf = (id: string) => runFolder(resultsRoot, 'sweep', id);
const states = () => readExperiment(resultsRoot, 'sweep').runs.map((run) => run.state);
const steps = (id: string) => readMetrics(metricsFile(folderOf(id))).records.map((record) => record.step);
/** Each run behaves as its name says. */
function sweepOf(trainers: string[], options: Partial<SweepOptions> = {}) {
  vi.stubEnv('TRAINERS', trainers.join(','));
  const points = createPoints(trainers.length, 5);
  return {
    points: options.points ?? points,
    run: (more: Partial<SweepOptions> = {}) => runSweep({ resultsRoot, points, ...options, ...more }),
  };
}
const outcomeOf = (id: string) => readRun(folderOf(id)).outcome;
describe('a sweep of real children', () => {
  it('goes on when one run fails and one hangs until its time is up, and says of each what happened', async () => {
    const { run, points } = sweepOf(['fail', 'hang', 'succeed'], { execution: { timeout: 1 } });
    await run();
    expect(states()).toEqual(['crashed', 'timed-out', 'succeeded']);
    expect(outcomeOf(points[0]!.id)).toMatchObject({
      exitCode: 3,
      steps: 1,
      message: 'Ended with code 3 and no outcome. Last line of its log: Error: picture 17 is no picture',
    });
    expect(outcomeOf(points[1]!.id)).toMatchObject({ signal: 'SIGKILL', message: 'Stopped after its time limit of 1 s.' });
    expect(steps(points[2]!.id)).toEqual([1, 2, 3, 4, 5]);
    expect(readdirSync(folderOf(points[2]!.id)).sort()).toEqual(['log.txt', 'metrics.jsonl', 'outcome.json', 'run.json']);
  });

  it('leaves alone what is done or has failed, and tries again what has failed where that is asked for', async () => {
    const { run, points } = sweepOf(['succeed', 'diverge', 'fail']);
    await run();
    vi.stubEnv('TRAINERS', 'fail,succeed,succeed');
    expect([...(await run()).keys()]).toEqual([]);
    expect(states()).toEqual(['succeeded', 'diverged', 'crashed']);
    const again = await run({ retryFailed: true });
    expect([...again.keys()].sort()).toEqual([points[1]!.id, points[2]!.id].sort());
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(readRun(folderOf(points[2]!.id)).record?.resumptions).toHaveLength(1);
    expect(readLogTail(folderOf(points[2]!.id), 2)[0]).toContain('--- facet: another attempt');
  });

  it('with fresh sets all run folders aside and starts from nothing', async () => {
    const { run, points } = sweepOf(['succeed', 'succeed']);
    await run();
    const again = await run({ fresh: true });
    expect(again.size).toBe(2);
    expect(steps(points[0]!.id)).toEqual([1, 2, 3, 4, 5]);
    expect(readdirSync(join(resultsRoot, 'sweep', '.trash'))).toHaveLength(2);
    expect(states()).toEqual(['succeeded', 'succeeded']);
  });

  it('starts a crashed run again when retries are allowed, from where it was', async () => {
    const { run, points } = sweepOf(['crash-once'], { execution: { retries: 1 } });
    await run();
    expect(states()).toEqual(['succeeded']);
    expect(steps(points[0]!.id)).toEqual([1, 2, 3, 4, 5]);
    expect(readLogTail(folderOf(points[0]!.id), 2)).toEqual([
      expect.stringMatching(/^--- facet: crashed, to be started again: Killed by SIGKILL, .* ---$/),
      expect.stringMatching(/^--- facet: another attempt, /),
    ]);
  });

  it('tells how a child died, also one that leaves as if all were well', async () => {
    const { run, points } = sweepOf(['crash', 'no-outcome']);
    await run();
    expect(outcomeOf(points[0]!.id)).toMatchObject({
      status: 'crashed',
      signal: 'SIGSEGV',
      message: expect.stringContaining('about to crash'),
    });
    expect(outcomeOf(points[1]!.id)).toMatchObject({
      status: 'crashed',
      exitCode: 0,
      message: 'Ended with code 0 and no outcome; it wrote nothing to its log.',
    });
  });

  it('says so when the trainer cannot be started at all', async () => {
    const { run, points } = sweepOf(['succeed'], { trainer: '/nonexistent/trainer' });
    await run();
    expect(outcomeOf(points[0]!.id)).toMatchObject({
      status: 'crashed',
      message: expect.stringMatching(/^Could not be started: .*ENOENT/),
    });
  });

  it('reports a failure also where it cannot be written down, and goes on with the other runs', async () => {
    const { run, points } = sweepOf(['block-outcome', 'succeed'], { slots: 1 });
    const ends = await run();
    expect(ends.get(points[0]!.id)).toMatchObject({
      outcome: { status: 'crashed', exitCode: 3 },
      problem: expect.stringMatching(/^its outcome could not be written: /),
    });
    expect(states()).toEqual(['interrupted', 'succeeded']);
  });

  it('gets its memory in huge pages, unless the user has said otherwise', async () => {
    const { run, points } = sweepOf(['environment']);
    vi.stubEnv('GLIBC_TUNABLES', undefined); // whoever runs the tests may have some
    const tunables = () => readLogTail(folderOf(points[0]!.id), 2)[0];
    await run();
    expect(tunables()).toMatch(/^GLIBC_TUNABLES=glibc\.malloc\.hugetlb=1:/);
    vi.stubEnv('GLIBC_TUNABLES', 'glibc.malloc.arena_max=2');
    await run({ fresh: true });
    expect(tunables()).toBe('GLIBC_TUNABLES=glibc.malloc.arena_max=2');
  });

  it('passes on progress, and only progress, of a child that talks nonsense', async () => {
    const events: RunnerEvent[] = [];
    const { run, points } = sweepOf(['chatter'], { onEvent: (event) => events.push(event) });
    await run();
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event.message] : []));
    expect(progress.map((message) => message.type === 'progress' && message.step)).toEqual([4, 2, 1, 2, 3, 4, 5]);
    expect(progress[0]).toMatchObject({ metrics: { lossD: Number.NaN, lossG: 1 }, secondsLeft: Number.NaN });
    expect(readLogTail(folderOf(points[0]!.id), 1)[0]).toMatch(/^line 1999 /);
    expect(states()).toEqual(['succeeded']);
  });

  it('tells the progress of a child that says nothing, from its metrics', async () => {
    const events: RunnerEvent[] = [];
    const { run, points } = sweepOf(['silent'], { onEvent: (event) => events.push(event) });
    await run();
    const progress = events.flatMap((event) => (event.type === 'progress' && event.message.type === 'progress' ? [event.message] : []));
    expect(progress.length).toBeGreaterThan(0);
    expect(progress[0]).toMatchObject({ step: expect.any(Number), epochs: 5 });
    expect(steps(points[0]!.id)).toHaveLength(20);
  });

  it('gives a child its share of the machine: all of it, where nothing else is to do', async () => {
    const { run, points } = sweepOf(['succeed']);
    await run();
    expect(readLogTail(folderOf(points[0]!.id), 1)).toEqual(['from step 1, 2 threads, GPUs as they are']);
    expect(readRun(folderOf(points[0]!.id)).record?.provenance.threads).toBe(2);
  });

  it('gives the last runs of a sweep the same threads when it is continued', async () => {
    const { run, points } = sweepOf(['succeed', 'succeed', 'succeed']);
    const threads = () => points.map(({ id }) => readRun(folderOf(id)).record?.provenance.threads);
    await run();
    expect(threads()).toEqual([1, 1, 2]);
    for (const { id } of points.slice(1)) rmSync(folderOf(id), { recursive: true });
    await run();
    expect(threads()).toEqual([1, 1, 2]);
  });

  it('gives a run of an earlier round the threads of its slot, also when it alone is left', async () => {
    const { run, points } = sweepOf(['succeed', 'succeed', 'succeed', 'succeed']);
    await run();
    rmSync(folderOf(points[1]!.id), { recursive: true });
    await run();
    expect(readRun(folderOf(points[1]!.id)).record?.provenance.threads).toBe(1);
  });

  it('keeps the threads of a run whose run.json is damaged, and goes on with none whose run.json cannot be read', async () => {
    const { run, points } = sweepOf(['succeed']);
    await run();
    const folder = folderOf(points[0]!.id);
    const engine = { fromStep: 1, kind: 'wasm', version: 'some', precision: 'float32', threads: 5, oneDnn: false } as const;
    recordEngine(folder, { ...engine, maxCpuIsa: 'AVX2', forms: null });
    rmSync(outcomeFile(folder));
    writeFileSync(runFile(folder), '');
    await run();
    expect(readRun(folder).record?.provenance).toMatchObject({ threads: 5, oneDnn: false, maxCpuIsa: 'AVX2' });

    rmSync(outcomeFile(folder));
    rmSync(runFile(folder));
    symlinkSync('run.json', runFile(folder)); // leads to itself
    const log = readFileSync(join(folder, 'log.txt'), 'utf8');
    const [end] = (await run()).values();
    expect(end?.outcome).toMatchObject({ status: 'failed', message: `${runFile(folder)}: expected a plain file, found a link` });
    expect(readFileSync(join(folder, 'log.txt'), 'utf8')).toBe(log);
  });

  it('ends what a child started and left behind', async () => {
    const { run, points } = sweepOf(['with-child']);
    await run();
    const pid = Number(/child (\d+)/.exec(readFileSync(join(folderOf(points[0]!.id), 'log.txt'), 'utf8'))![1]);
    await expect.poll(() => isGone(pid), { timeout: 30_000 }).toBe(true);
  });

  it.runIf(process.platform === 'linux')('leaves no zombie behind, however its children end', async () => {
    const { run } = sweepOf(['succeed', 'crash', 'hang', 'with-child', 'fail'], { execution: { timeout: 1 } });
    await run();
    const stats = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [readStat(name)] : []));
    expect(stats.filter(([state, parent]) => state === 'Z' && Number(parent) === process.pid)).toEqual([]);
  });
});

describe('stopping a sweep', () => {
  /** Aborts when the first progress of a run comes in. */
  const abortOnProgress = (stop: AbortController) => (event: RunnerEvent) => event.type === 'progress' && stop.abort('Ctrl-C');

  it('lets children finish their step; the next run goes on from there', async () => {
    vi.stubEnv('TRAINER_STEP_MS', '50');
    const stop = new AbortController();
    const { run, points } = sweepOf(['succeed', 'succeed', 'succeed'], { slots: 2 });
    const ends = await run({ graceful: stop.signal, onEvent: abortOnProgress(stop) });
    expect([...ends.values()].map(({ kind }) => kind)).toEqual(['stopped', 'stopped']);
    expect(states()).toEqual(['cancelled', 'cancelled', 'queued']);
    const { length } = steps(points[0]!.id);
    expect(length).toBeLessThan(5);
    const message = `Stopped by Ctrl-C after step ${length} (epoch ${length}). It goes on when the experiment is run again.`;
    expect(outcomeOf(points[0]!.id)).toMatchObject({ status: 'cancelled', message, steps: length });
    await run();
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
    for (const { id } of points) expect(steps(id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('kills a child that does not stop in time', async () => {
    const stop = new AbortController();
    const { run, points } = sweepOf(['ignore-stop'], { graceMs: 200 });
    const ends = await run({ graceful: stop.signal, onEvent: abortOnProgress(stop) });
    expect([...ends.values()].map(({ kind }) => kind)).toEqual(['stopped']);
    expect(states()).toEqual(['cancelled']);
    expect(outcomeOf(points[0]!.id)?.message).toMatch(
      /^Stopped by Ctrl-C after step 1 .* ended by force and goes on from its last checkpoint/,
    );
    expect(readLogTail(folderOf(points[0]!.id), 1)).toEqual(['asked to stop']);
  });

  it('the second time ends a hanging child at once', async () => {
    const graceful = new AbortController();
    const forced = new AbortController();
    const onEvent = (event: RunnerEvent) => {
      if (event.type !== 'progress') return;
      graceful.abort();
      forced.abort();
    };
    const { run, points } = sweepOf(['hang', 'succeed'], { slots: 1, graceMs: 3_600_000 }); // longer than the test waits
    await run({ graceful: graceful.signal, forced: forced.signal, onEvent });
    expect(states()).toEqual(['cancelled', 'queued']);
    expect(outcomeOf(points[0]!.id)?.message).toContain('Stopped by a person after step 1');
  });

  it('by failFast ends the others gently once a run has failed for good, and starts nothing more', async () => {
    vi.stubEnv('TRAINER_STEP_MS', '1000');
    const events: string[] = [];
    const { run, points } = sweepOf(['fail', 'succeed', 'succeed'], { execution: { failFast: true } });
    await run({ onEvent: ({ type }) => type !== 'progress' && events.push(type) });
    expect(states()).toEqual(['crashed', 'cancelled', 'queued']);
    expect(outcomeOf(points[1]!.id)?.message).toMatch(new RegExp(`^Stopped by failFast, as ${points[0]!.id} failed`));
    expect(events).toContain('failing-fast');
    vi.stubEnv('TRAINER_STEP_MS', '5');
    vi.stubEnv('TRAINERS', 'succeed,succeed,succeed');
    await run({ retryFailed: true });
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(steps(points[1]!.id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('by failFast does not end the others because of a run that is only left alone', async () => {
    const { run, points } = sweepOf(['succeed', 'succeed', 'succeed'], { slots: 1, execution: { failFast: true } });
    const folder = folderOf(points[0]!.id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(logFile(folder), 'of a former attempt\n');
    symlinkSync('run.json', runFile(folder)); // leads to itself
    const ends = await run();
    expect(ends.get(points[0]!.id)).toMatchObject({ outcome: { status: 'failed' }, isLeftAlone: true });
    expect(states()).toEqual(['interrupted', 'succeeded', 'succeeded']);
  });

  it('a time limit counts the training of former attempts, and a longer one lets the run go on', async () => {
    vi.stubEnv('TRAINER_STEP_MS', '20');
    const stop = new AbortController();
    const { run, points } = sweepOf(['succeed'], { points: createPoints(1, 30) });
    // A step claims to take 0.1 s.
    const onEvent = (event: RunnerEvent) =>
      event.type === 'progress' && event.message.type === 'progress' && event.message.step >= 10 && stop.abort();
    await run({ graceful: stop.signal, onEvent });
    const { length } = steps(points[0]!.id);
    const message = 'Has been trained for its time limit of 1 s in former attempts. Raise execution.timeout to go on.';
    const told: string[] = [];
    await run({ execution: { timeout: 1, retries: 3, retryOn: ['timed-out'] }, onEvent: ({ type }) => told.push(type) });
    expect(told).toEqual(['launched', 'ended']); // another try would end in the same way
    expect(outcomeOf(points[0]!.id)).toMatchObject({ status: 'timed-out', message, steps: length });
    expect(steps(points[0]!.id)).toHaveLength(length);
    await run({ execution: { timeout: '1h' }, retryFailed: true });
    expect(states()).toEqual(['succeeded']);
    expect(steps(points[0]!.id)).toEqual(Array.from({ length: 30 }, (_, step) => step + 1));
  });

  it('a run that waits to be tried again goes on another time', async () => {
    const stop = new AbortController();
    const onEvent = ({ type }: RunnerEvent) => type === 'retrying' && stop.abort();
    const { run } = sweepOf(['fail'], { execution: { retries: 3, backoff: '5m' } });
    await run({ graceful: stop.signal, onEvent });
    expect(states()).toEqual(['interrupted']);
    vi.stubEnv('TRAINERS', 'succeed');
    await run();
    expect(states()).toEqual(['succeeded']);
  });
});

describe('a child left over from a runner that is gone', () => {
  it('is ended before its run goes on', async () => {
    const { run, points } = sweepOf(['succeed'], { slots: 1 });
    const folder = folderOf(points[0]!.id);
    writeJsonAtomic(runFile(folder), { config: points[0]!.point.config });
    const orphan = spawn(process.execPath, [trainer('hang'), folder], { stdio: 'ignore' });
    const ended = once(orphan, 'exit');
    acquireLease(leaseFile(folder), createLease(orphan.pid));
    await expect.poll(() => steps(points[0]!.id), { timeout: 30_000 }).toEqual([1]);
    expect(readRun(folder).state).toBe('running');
    await run();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(states()).toEqual(['succeeded']);
    expect(steps(points[0]!.id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not touched when its number belongs to another process by now', async () => {
    const { run, points } = sweepOf(['succeed']);
    acquireLease(leaseFile(folderOf(points[0]!.id)), { ...createLease(), startTime: 1 });
    await run();
    expect(states()).toEqual(['succeeded']);
  });
});

it('a run whose folder another process has taken over is ended at once, and nothing more is written there', async () => {
  const { run, points } = sweepOf(['ignore-stop']);
  const folder = folderOf(points[0]!.id);
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  let child: number | undefined;
  const ends = await run({
    onEvent(event) {
      if (event.type !== 'progress' || child) return;
      child = readLease(leaseFile(folder))?.pid;
      writeJsonAtomic(leaseFile(folder), createLease(other.pid));
    },
  });
  expect(ends.get(points[0]!.id)?.outcome).toMatchObject({ status: 'failed', message: expect.stringContaining('has taken over') });
  await expect.poll(() => isGone(child!), { timeout: 5000 }).toBe(true);
  expect(readRun(folder)).toMatchObject({ state: 'running', outcome: null });
  expect(readLease(leaseFile(folder))?.pid).toBe(other.pid);
  other.kill();
});

it('children started to die with their parent still get and give messages', async () => {
  const prefix = await findParentDeathPrefix();
  const stop = new AbortController();
  const { run } = sweepOf(['succeed'], { prefix });
  vi.stubEnv('TRAINER_STEP_MS', '50');
  await run({ graceful: stop.signal, onEvent: (event) => event.type === 'progress' && stop.abort() });
  expect(states()).toEqual(['cancelled']);
});

/** State, parent, … of a process; nothing of one that has gone meanwhile. */
function readStat(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}
