// Sweeps on a real SLURM, with the command as a user starts it and fixture trainers in place of TensorFlow.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { readSubmissions, readTaskRecord } from '../../src/results/jobs/files.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { logFile, metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace } from '../helpers/built-cli.ts';
import { type Cluster, findLackOfSlurm, findProgram, startCluster } from '../helpers/slurm-cluster.ts';

const lack = findLackOfSlurm();
if (lack !== null) console.log(`The tests on a real SLURM are skipped: ${lack}.`);

let cluster: Cluster;
beforeAll(async () => {
  if (lack === null) cluster = await startCluster({ nodes: 3, cpus: 4 });
});
afterAll(() => cluster?.stop());

const steps = (run: string) => readMetrics(metricsFile(run)).records.map(({ step }) => step);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
/** The third node is for the test that sets it down. */
const slurm = (fields = '', exclude = 'n3') =>
  `execution: {executor: slurm, retries: 1, backoff: 0.1, slurm: {cpus: 1, grace: 10s, sbatch: ["--exclude=${exclude}"]${fields}}}`;

/** A folder of one's own, and what is told of it. */
function openGround({ onTestFinished }: TestContext) {
  const place = createWorkplace();
  onTestFinished(() => place.remove());
  place.env = { ...cluster.env, FACET_SLURM_GRACE_SECONDS: '6' };
  const runs = () => readExperiment(place.results, 'sweep').runs;
  const submissions = () => readSubmissions(join(place.results, 'sweep'));
  return {
    place,
    runs,
    submissions,
    states: () => runs().map(({ state }) => state),
    records: () => submissions().flatMap(({ folder, tasks }) => tasks.map((_, index) => readTaskRecord(folder, index))),
    /** Of squeue. */
    live: () =>
      cluster.jobs().filter((line) => /RUNNING|PENDING/.test(line) && submissions().some(({ array }) => line.startsWith(`${array}_`))),
  };
}

describe.skipIf(lack !== null).concurrent('a sweep on a real SLURM', { timeout: 300_000 }, () => {
  it('ends as on this machine: each run once, an array for all, a retry where one crashes', async (test) => {
    const { place, runs, submissions, states, records } = openGround(test);
    place.trainers = ['succeed', 'crash-once', 'diverge', 'succeed'];
    place.writeSweep(4, slurm(', maxParallel: 3'));
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(1);
    expect(states(), all).toEqual(['succeeded', 'succeeded', 'diverged', 'succeeded']);
    expect(runs().map(({ folder }) => steps(folder))).toEqual([[1, 2, 3, 4], [1, 2, 3, 4, 5], [1], [1, 2, 3, 4]]);
    expect(submissions().map(({ tasks }) => tasks.length)).toEqual([4, 1]);
    expect(submissions()[0]!.record.command).toContain('--array=0-3%3');
    expect(records().map((record) => record?.end?.why)).toEqual(Array(5).fill('finished'));
    expect(readFileSync(logFile(runs()[0]!.folder), 'utf8')).toMatch(/GPUs as they are/);
  });

  it('goes on when its command is killed, and a later command finds its jobs: status, run, logs', async (test) => {
    const { expect } = test;
    const { place, runs, submissions } = openGround(test);
    place.trainers = Array(4).fill('when-told');
    place.env.TRAINER_GO = join(place.folder, 'go');
    place.writeSweep(4, slurm());
    const first = place.facet('run', 'sweep.yaml');
    await expect.poll(() => submissions()[0]?.array ?? null, { timeout: 100_000 }).not.toBeNull();
    first.kill('SIGKILL');
    await first;
    const status = await place.facet('status', 'sweep');
    expect(status.all).toMatch(/SLURM: .*job.* (run|wait)/);
    writeFileSync(place.env.TRAINER_GO, '');
    const again = await place.facet('run', 'sweep.yaml');
    expect(again.exitCode, again.all).toBe(0);
    expect(submissions()).toHaveLength(1);
    expect(runs().map(({ folder }) => steps(folder))).toEqual(Array(4).fill(upTo(4)));
    const { all } = await place.facet('status', 'sweep');
    expect(all).not.toMatch(/SLURM/);
    expect((await place.facet('logs', runs()[0]!.id, '--follow')).all).toMatch(/job \d+_0 on n/);
  });

  it('is left by Ctrl-C and stopped by facet stop: what works saves, what waits is taken back, and a later run goes on', async (test) => {
    const { expect } = test;
    const { place, runs, states, live } = openGround(test);
    place.trainers = Array(4).fill('succeed');
    place.env.TRAINER_STEP_MS = '300';
    place.writeSweep(4, slurm(', maxParallel: 2'));
    const first = place.facet('run', 'sweep.yaml', '--set', 'training.epochs=100');
    await expect.poll(() => runs().filter(({ state }) => state === 'running').length, { timeout: 100_000 }).toBe(2);
    first.kill('SIGINT');
    const left = await first;
    expect(left.exitCode, left.all).toBe(130);
    expect(left.all).toMatch(/The jobs that were handed over go on/);
    expect(live().filter((line) => /RUNNING/.test(line))).toHaveLength(2);
    const stopped = await place.facet('stop', 'sweep');
    expect(stopped.all).toMatch(/4 jobs stopped/);
    expect(states().sort()).toEqual([...Array(2).fill('cancelled'), ...Array(2).fill('queued')]);
    await expect.poll(live, { timeout: 60_000 }).toEqual([]); // a job ends a moment after its run
    place.env.TRAINER_STEP_MS = '1';
    const last = await place.facet('run', 'sweep.yaml', '--set', 'training.epochs=100');
    expect(last.exitCode, last.all).toBe(0);
    for (const { folder } of runs()) expect(steps(folder)).toEqual(upTo(100));
  });

  it('takes scancel for a stop: the job is not queued again, and the run goes on another time', async (test) => {
    const { expect } = test;
    const { place, runs, submissions, states, live } = openGround(test);
    place.trainers = Array(3).fill('succeed');
    place.env.TRAINER_STEP_MS = '200';
    place.writeSweep(3, slurm(', maxParallel: 2'));
    const running = place.facet('run', 'sweep.yaml', '--set', 'training.epochs=60');
    await expect.poll(() => runs().filter(({ folder }) => steps(folder).length > 2).length, { timeout: 100_000 }).toBe(2);
    cluster.ask('scancel', submissions()[0]!.array!);
    const { exitCode, all } = await running;
    expect(exitCode, all).toBe(1);
    expect(new Set(states())).toEqual(new Set(['cancelled']));
    expect(live()).toEqual([]);
    place.env.TRAINER_STEP_MS = '1';
    const last = await place.facet('run', 'sweep.yaml', '--set', 'training.epochs=60');
    expect(last.exitCode, last.all).toBe(0);
    for (const { folder } of runs()) expect(steps(folder)).toEqual(upTo(60));
  });

  it('goes on where a node is set down in the middle', async (test) => {
    const { expect } = test;
    const { place, runs, records } = openGround(test);
    place.trainers = ['succeed', 'succeed'];
    place.env.TRAINER_STEP_MS = '200';
    place.writeSweep(2, slurm('', 'n1,n2'));
    const running = place.facet('run', 'sweep.yaml', '--set', 'training.epochs=25');
    await expect.poll(() => runs().filter(({ folder }) => steps(folder).length > 2).length, { timeout: 100_000 }).toBe(2);
    const { node } = records()[0]!; // it comes back by itself: ReturnToService=2
    cluster.ask('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    const { exitCode, all } = await running;
    expect(exitCode, all).toBe(0);
    for (const { folder } of runs()) expect(steps(folder)).toEqual(upTo(25));
    expect(records()[0]).toMatchObject({ restart: 1, preemptions: 1, timeLimits: 0 });
  });

  it('trains many trivial runs once each (FACET_SLURM_RUNS)', { timeout: 1_800_000 }, async (test) => {
    const { place, runs, submissions, states, records } = openGround(test);
    const count = Number(process.env.FACET_SLURM_RUNS ?? 8);
    place.trainers = Array(count).fill('succeed');
    place.env.TRAINER_STEP_MS = '1';
    place.writeSweep(count, slurm());
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expect(submissions()).toHaveLength(1);
    expect(states()).toEqual(Array(count).fill('succeeded'));
    for (const { folder } of runs()) {
      expect(steps(folder)).toEqual(upTo(4));
      expect(readFileSync(logFile(folder), 'utf8').match(/from step/g)).toHaveLength(1);
    }
    expect(records().every((record) => record?.restart === 0 && record.end?.why === 'finished')).toBe(true);
  });

  it('halves: runs leave at the epoch at which they are compared, and the best go on in jobs of their own', async (test) => {
    const { place, runs, submissions, states } = openGround(test);
    place.trainers = Array(4).fill('contest');
    place.env.CONTEST = JSON.stringify({ 1: [6], 2: [2], 3: [5], 4: [1] });
    const halving = 'halving: {metric: lossG, minEpochs: 1, factor: 2}';
    place.writeText(`sweep: {grid: {training.seed: [1, 2, 3, 4]}, ${halving}}\n${slurm()}`);
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expect(states().filter((state) => state === 'succeeded').length).toBeGreaterThanOrEqual(1);
    expect(runs().find(({ axes }) => axes['training.seed'] === '4')!.state).toBe('succeeded');
    expect(states().filter((state) => state === 'stopped-early').length).toBeGreaterThanOrEqual(1);
    expect(submissions().length).toBeGreaterThan(1);
    expect(submissions()[0]!.tasks).toHaveLength(4);
  });

  it('a halt by the cluster is no stall, and a job that is handed over twice trains once', async (test) => {
    const { expect } = test;
    const { place, runs, submissions, live } = openGround(test);
    place.trainers = ['succeed'];
    place.env.TRAINER_STEP_MS = '100';
    place.writeSweep(1, slurm().replace('retries: 1', 'stallTimeout: 5s, retries: 0'));
    const running = place.facet('run', 'sweep.yaml', '--set', 'training.epochs=150');
    await expect.poll(() => steps(runs()[0]?.folder ?? '').length, { timeout: 100_000 }).toBeGreaterThan(0);
    const { array, folder, record } = submissions()[0]!;
    cluster.ask('scontrol', 'suspend', `${array}_0`);
    await expect.poll(() => cluster.jobs().join(), { timeout: 100_000 }).toMatch(new RegExp(`${array}_0 SUSPENDED`));
    await sleep(8000);
    cluster.ask('scontrol', 'resume', `${array}_0`);
    // The same tasks again, as an operator, or a confused script, might hand them over.
    const twin = cluster.ask(...record.command).trim();
    await expect
      .poll(
        () =>
          cluster
            .jobs()
            .filter((line) => line.startsWith(`${twin}_`))
            .join(),
        { timeout: 100_000 },
      )
      .toMatch(/COMPLETED/);
    expect(readFileSync(join(folder, 'output/0.txt'), 'utf8')).toMatch(/has worked on this run since/);
    const { exitCode, all } = await running;
    expect(exitCode, all).toBe(0);
    expect(steps(runs()[0]!.folder)).toEqual(upTo(150));
    expect(live()).toEqual([]);
  });

  it.for([
    ['before', 'kill -9 $PPID'],
    ['after', `${findProgram('sbatch')} "$@" > /dev/null; kill -9 $PPID`],
  ])('whose command is killed %s the array is handed over loses no run and trains none twice', async ([, words], test) => {
    const { place, runs, submissions, live } = openGround(test);
    const bin = join(place.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'sbatch'), `#!/bin/sh\n[ "$1" = --version ] && exec ${findProgram('sbatch')} --version\n${words}\n`, {
      mode: 0o755,
    });
    place.trainers = Array(3).fill('succeed');
    place.writeSweep(3, slurm());
    const path = place.env.PATH!;
    place.env.PATH = [bin, path].join(delimiter);
    const first = await place.facet('run', 'sweep.yaml');
    expect(first.signal).toBe('SIGKILL');
    expect(submissions()[0]!.array).toBeNull();
    place.env.PATH = path;
    const again = await Promise.all([place.facet('run', 'sweep.yaml'), place.facet('run', 'sweep.yaml')]);
    const [one, other] = again.map(({ exitCode }) => exitCode!).sort() as [number, number];
    expect(one, again.map(({ all }) => all).join('\n')).toBe(0);
    expect([0, 3]).toContain(other); // two at once: the second says who is at work, or comes when all is done
    for (const { folder } of runs()) {
      expect(steps(folder)).toEqual(upTo(4));
      expect(readFileSync(logFile(folder), 'utf8').match(/from step/g)).toHaveLength(1);
    }
    expect(live()).toEqual([]);
  });
});
