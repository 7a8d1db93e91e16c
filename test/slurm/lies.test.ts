// Sweeps where SLURM's commands lag, answer nothing, garbage or UNKNOWN, or fail: no run is lost, none is trained twice.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { readSubmissions } from '../../src/results/jobs/files.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { logFile, metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace } from '../helpers/built-cli.ts';
import { createFakeSlurm } from '../helpers/fake-slurm.ts';

/** FACET_SLURM_FAULTS=all tries all moments and kinds of silence. */
const some = <T>(first: T[], others: T[]): T[] => (process.env.FACET_SLURM_FAULTS === 'all' ? [...first, ...others] : first);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A cluster and a folder of one's own. */
function openGround({ onTestFinished }: TestContext, count: number, stepMs = 60) {
  const fake = createFakeSlurm();
  const place = createWorkplace();
  place.env = { ...fake.env, FACET_SLURM_GRACE_SECONDS: '3', TRAINER_STEP_MS: String(stepMs) };
  place.trainers = Array(count).fill('succeed');
  place.writeSweep(count, 'execution: {executor: slurm, slurm: {cpus: 1}}');
  onTestFinished(async () => {
    for (let look = 0; look < 300 && fake.jobs().some((job) => /RUNNING|COMPLETING/.test(job)); look++) await sleep(100);
    place.remove();
    fake.remove();
  });
  const runs = () => readExperiment(place.results, 'sweep').runs;
  const states = () => runs().map(({ state }) => state);
  return {
    fake,
    place,
    runs,
    states,
    submissions: () => readSubmissions(join(place.results, 'sweep')),
    /** Every run has all of its steps, in one attempt. */
    expectTrainedOnce() {
      expect(states()).toEqual(runs().map(() => 'succeeded'));
      for (const { folder } of runs()) {
        expect(readMetrics(metricsFile(folder)).records.map(({ step }) => step)).toEqual(upTo(4));
        expect(readFileSync(logFile(folder), 'utf8').match(/from step/g)).toHaveLength(1);
      }
    },
  };
}

describe.concurrent('where the commands of SLURM lie', { timeout: 300_000 }, () => {
  it.for<[string, string[]]>([
    ['squeue', ['empty', 'garbage', 'unknown', 'fail', 'missing']],
    ['squeue', ['early', 'late']],
    ['sacct', ['fail', 'unknown']],
  ])('%s says %s: every run is trained once', async ([command, kinds], test) => {
    const { fake, place, submissions, expectTrainedOnce } = openGround(test, 6);
    place.env.FACET_SLURM_GRACE_SECONDS = '12'; // a job that is said to have ended may not have begun yet on a busy machine
    fake.lie({ [command]: kinds, rate: 0.7, accounting: command === 'sacct', most: 4, pendingMs: 800 });
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expectTrainedOnce();
    expect(submissions().map(({ tasks }) => tasks.length)).toEqual([3, 3]); // MaxArraySize is 4 here
    expect(fake.calls().filter((call) => call.startsWith('sbatch true'))).toHaveLength(3); // --version is one
  });

  it.for(some(['unknown'], ['empty', 'garbage', 'fail']))(
    'squeue says nothing but "%s": the runs tell their ends by themselves',
    async (kind, test) => {
      const { fake, place, expectTrainedOnce } = openGround(test, 2);
      fake.lie({ squeue: [kind] });
      const { exitCode, all } = await place.facet('run', 'sweep.yaml');
      expect(exitCode, all).toBe(0);
      expectTrainedOnce();
    },
  );

  it.for(['timeout-after', 'silent'])('sbatch ends as "%s" although it took the array: it is found by its name', async (kind, test) => {
    const { fake, place, submissions, expectTrainedOnce } = openGround(test, 3);
    fake.lie({ sbatch: [kind] });
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expectTrainedOnce();
    expect(submissions()).toHaveLength(1);
  });

  it('sbatch refuses: the runs are left as they were, and one line says why', async (test) => {
    const { fake, place, states, expectTrainedOnce } = openGround(test, 2);
    fake.lie({ sbatch: ['refuse'] });
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(1);
    expect(all).toMatch(/could not be handed over: sbatch: error: .*Invalid account/);
    expect(states()).toEqual(['queued', 'queued']);
    fake.lie({});
    const again = await place.facet('run', 'sweep.yaml');
    expect(again.exitCode, again.all).toBe(0);
    expectTrainedOnce();
  });

  it('one run is stopped, on a node or in the queue, with its command at work or gone, and goes on alone', async (test) => {
    const { expect } = test;
    const { fake, place, runs, states, submissions } = openGround(test, 5);
    place.trainers = Array(5).fill('until-told');
    place.env.TRAINER_GO = join(place.folder, 'go');
    const long = ['run', 'sweep.yaml', '--set', 'training.epochs=8', '--set', 'execution.slurm.maxParallel=2'];
    const first = place.facet(...long);
    const steps = (index: number) => readMetrics(metricsFile(runs()[index]!.folder)).records.map(({ step }) => step);
    await expect.poll(() => runs().filter(({ state }) => state === 'running').length, { timeout: 100_000 }).toBe(2);
    await expect.poll(() => steps(0).length, { timeout: 100_000 }).toBeGreaterThan(1);
    const working = await place.facet('stop', runs()[0]!.id);
    expect(working.all).toMatch(/Stopped by facet stop .* after step \d+ .* goes on with the others\./);
    const queued = await place.facet('stop', runs()[4]!.id);
    expect(queued.all).toMatch(/before its first step/);
    first.kill('SIGINT'); // the others go on by themselves
    expect((await first).all).toMatch(/The jobs that were handed over go on/);
    const left = runs().find(({ state }) => state === 'running')!;
    const alone = await place.facet('stop', left.id);
    expect(alone.all, alone.all).toMatch(/sweep: 1 job stopped\./);
    expect(states().filter((state) => state === 'cancelled')).toHaveLength(3);
    writeFileSync(place.env.TRAINER_GO, '');
    const again = await place.facet(...long, '--only', runs()[0]!.id);
    expect(again.exitCode, again.all).toBe(0);
    expect(states()[0]).toBe('succeeded');
    expect(states()[4]).toBe('cancelled');
    expect(steps(0)).toEqual(upTo(8));
    const last = await place.facet(...long);
    expect(last.exitCode, last.all).toBe(0);
    for (const index of [1, 2, 3, 4]) expect(steps(index)).toEqual(upTo(8));
    expect(submissions().length).toBeGreaterThan(1);
    expect(fake.jobs().some((job) => /RUNNING|PENDING/.test(job))).toBe(false);
  });

  it('requests to end jobs are lost: facet stop asks again', async (test) => {
    const { expect } = test;
    const { fake, place, states, submissions } = openGround(test, 4, 200);
    place.trainers = Array(4).fill('until-told');
    place.env.TRAINER_GO = join(place.folder, 'go');
    fake.lie({ scancel: ['lost', 'fail'], rate: 0.5, pendingMs: 3000 });
    const first = place.facet('run', 'sweep.yaml');
    await expect.poll(() => submissions()[0]?.array ?? null, { timeout: 100_000 }).not.toBeNull();
    first.kill('SIGINT');
    await first;
    const stopped = await place.facet('stop', 'sweep');
    expect(stopped.exitCode, stopped.all).toBe(0);
    expect(states().every((state) => state === 'queued' || state === 'cancelled')).toBe(true);
    fake.lie({});
    writeFileSync(place.env.TRAINER_GO, '');
    const last = await place.facet('run', 'sweep.yaml');
    expect(last.exitCode, last.all).toBe(0);
    expect(states()).toEqual(Array(4).fill('succeeded'));
  });
});

describe.concurrent('where the command is killed while it hands runs over', { timeout: 300_000 }, () => {
  it.for(['kill-before', 'kill-after'])('at sbatch (%s): no run is lost, none trained twice', async (kind, test) => {
    const { fake, place, submissions, expectTrainedOnce } = openGround(test, 4);
    fake.lie({ sbatch: [kind], rate: 1 });
    // The first call asks for the version only.
    const first = await place.facet('run', 'sweep.yaml');
    expect(first.signal).toBe('SIGKILL');
    expect(submissions()[0]?.array ?? null).toBeNull();
    fake.lie({});
    const again = await place.facet('run', 'sweep.yaml');
    expect(again.exitCode, again.all).toBe(0);
    expectTrainedOnce();
    expect(fake.jobs()).toHaveLength(4);
  });

  it.for(some([0, 400], [100, 200, 300, 500, 600, 700, 800, 900, 1000]))(
    '%i ms after it has begun to write: no run is lost, none trained twice',
    async (delayMs, test) => {
      const { expect } = test;
      const { fake, place, runs, expectTrainedOnce } = openGround(test, 4);
      const first = place.facet('run', 'sweep.yaml');
      await expect.poll(() => runs().length, { timeout: 100_000, interval: 5 }).toBeGreaterThan(0);
      await sleep(delayMs);
      first.kill('SIGKILL');
      await first;
      const again = await place.facet('run', 'sweep.yaml');
      expect(again.exitCode, again.all).toBe(0);
      expectTrainedOnce();
      expect(fake.jobs().length).toBeLessThanOrEqual(4);
    },
  );

  it('a command that waits for a scheduler which does not answer leaves by Ctrl-C, and the next one goes on', async (test) => {
    const { expect } = test;
    const { fake, place, states, submissions, expectTrainedOnce } = openGround(test, 2);
    fake.lie({ held: [100] });
    const first = place.facet('run', 'sweep.yaml');
    await expect.poll(() => submissions()[0]?.array ?? null, { timeout: 100_000 }).not.toBeNull();
    first.kill('SIGKILL');
    await first;
    fake.lie({ held: [100], squeue: ['fail'] });
    const asked = fake.calls().length;
    const second = place.facet('run', 'sweep.yaml');
    const ownCalls = () => fake.calls().slice(asked).join().split('sbatch true')[1]; // it asks for the version first
    await expect.poll(ownCalls, { timeout: 100_000 }).toMatch(/squeue fail/);
    second.kill('SIGINT');
    const left = await second;
    expect(left.exitCode, left.all).toBe(130);
    expect(states()).toEqual(['queued', 'queued']);
    fake.lie({});
    const third = await place.facet('run', 'sweep.yaml');
    expect(third.exitCode, third.all).toBe(0);
    expectTrainedOnce();
    expect(submissions()).toHaveLength(1);
  });

  it('an array that comes to run after it was given up trains nothing', async (test) => {
    const { expect } = test;
    const { fake, place, expectTrainedOnce } = openGround(test, 3);
    fake.lie({ sbatch: ['timeout-after'], squeue: ['missing'], held: [100] });
    const first = await place.facet('run', 'sweep.yaml');
    expect(first.exitCode, first.all).toBe(1);
    fake.lie({ held: [100] });
    const again = await place.facet('run', 'sweep.yaml');
    expect(again.exitCode, again.all).toBe(0);
    fake.lie({});
    await expect.poll(() => fake.jobs().filter((job) => / PENDING| RUNNING/.test(job)), { timeout: 100_000 }).toEqual([]);
    expect(fake.jobs()).toHaveLength(6);
    expectTrainedOnce();
  });

  it('two commands at once, by --executor: one hands over, the other says who does', async (test) => {
    const { fake, place, expectTrainedOnce } = openGround(test, 3);
    place.writeSweep(3);
    const both = await Promise.all([
      place.facet('run', 'sweep.yaml', '--executor', 'slurm'),
      place.facet('run', 'sweep.yaml', '--executor', 'slurm'),
    ]);
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 3]);
    expectTrainedOnce();
    expect(fake.jobs()).toHaveLength(3);
  });
});

describe('on nodes of which one is bad', { timeout: 300_000 }, () => {
  it('a run that has failed there, while others got on elsewhere, is tried again without that node, and its log names it', async (test) => {
    const { place, runs, states, submissions } = openGround(test, 3);
    place.trainers = Array(3).fill('crash-on-node');
    place.env.BAD_NODE = 'f1';
    place.writeSweep(3, 'execution: {executor: slurm, retries: 1, backoff: 3s, slurm: {cpus: 1}}');
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const later = submissions().slice(1);
    expect(later.flatMap(({ tasks }) => tasks)).toHaveLength(2);
    for (const { record } of later) expect(record.command).toContain('--exclude=f1');
    expect(readFileSync(logFile(runs()[0]!.folder), 'utf8')).toMatch(/not on f1 again, where it has failed and others have not/);
  });
});
