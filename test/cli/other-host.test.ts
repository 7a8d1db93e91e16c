// facet run where another machine, or another PID namespace of this one, holds or has held the experiment.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp } from '../../src/dashboard/app.ts';
import { createStore } from '../../src/dashboard/store.ts';
import { createLease, readLease, readLiveLease } from '../../src/results/leases/lease.ts';
import { judgeProcess } from '../../src/results/leases/liveness.ts';
import { leaseFile, outcomeFile, runnerLeaseFile, stopRequestFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { bundle } from '../helpers/bundle.ts';
import { TEST_ASSETS } from '../helpers/dashboard.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

const folder = () => join(workplace.results, 'sweep');
const elsewhere = { host: 'another-host', bootId: 'of another machine', pid: 4711, heartbeatMs: 50 };

it('takes the experiment and its runs over from a machine that has died', { timeout: 120_000 }, async () => {
  workplace.trainers = ['hang'];
  workplace.writeSweep(1);
  const first = workplace.facet('run', 'sweep.yaml');
  await expect.poll(() => readExperiment(workplace.results, 'sweep').runs[0]?.state, { timeout: 30_000 }).toBe('running');
  first.kill('SIGINT');
  await first;
  const run = readExperiment(workplace.results, 'sweep').runs[0]!.folder;
  writeFileSync(runnerLeaseFile(folder()), JSON.stringify({ ...createLease(), ...elsewhere }));
  writeFileSync(leaseFile(run), JSON.stringify({ ...createLease(), ...elsewhere }));

  workplace.trainers = ['succeed'];
  const { exitCode, stderr, all } = await workplace.facet('run', 'sweep.yaml');
  expect(exitCode, all).toBe(0);
  expect(stderr).toContain('sweep is held by process 4711 on another-host, which cannot be seen from here. Watching for up to 1 s');
  expect(readLiveLease(runnerLeaseFile(folder()))).toBeNull();
  expect(all).not.toContain('may still be trained'); // it was watched in the same minute

  for (const path of [leaseFile(run), runnerLeaseFile(folder())]) writeFileSync(path, JSON.stringify({ ...createLease(), ...elsewhere }));
  const removed = await workplace.facet('rm', 'seed1', '--yes');
  expect(removed.exitCode, removed.all).toBe(0);
  expect(readExperiment(workplace.results, 'sweep').runs).toMatchObject([{ state: 'queued' }]);
});

it('says which runs it watches where their runner has left, but not they', { timeout: 120_000 }, async () => {
  workplace.trainers = ['hang', 'hang'];
  workplace.writeSweep(2, 'execution: {parallel: 1}');
  const first = workplace.facet('run', 'sweep.yaml');
  await expect.poll(() => readExperiment(workplace.results, 'sweep').runs[0]?.state, { timeout: 30_000 }).toBe('running');
  first.kill('SIGINT');
  await first;
  for (const { folder: run } of readExperiment(workplace.results, 'sweep').runs) {
    mkdirSync(run, { recursive: true });
    writeFileSync(leaseFile(run), JSON.stringify({ ...createLease(), ...elsewhere, heartbeatMs: 500 }));
  }
  workplace.trainers = ['succeed', 'succeed'];
  const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(
    /^2 runs may still be trained on another-host, which cannot be seen from here\. Watching for up to 6 s before they go on; --take-over does not wait\.$/m,
  );
});

it('takes it over at once with --take-over, also from a former version that renews nothing', { timeout: 120_000 }, async () => {
  workplace.trainers = ['hang'];
  workplace.writeSweep(1);
  const first = workplace.facet('run', 'sweep.yaml');
  await expect.poll(() => readExperiment(workplace.results, 'sweep').runs[0]?.state, { timeout: 30_000 }).toBe('running');
  first.kill('SIGINT');
  await first;
  const run = readExperiment(workplace.results, 'sweep').runs[0]!.folder;
  const { heartbeatMs: _, ...former } = { ...createLease(), ...elsewhere };
  const weekAgo = new Date(Date.now() - 7 * 24 * 3600_000);
  for (const path of [leaseFile(run), runnerLeaseFile(folder())]) {
    writeFileSync(path, JSON.stringify(former));
    utimesSync(path, weekAgo, weekAgo);
  }

  const seen = await workplace.facet('status', 'sweep');
  expect(seen.stdout).toMatch(/run by process 4711 on another-host since \S+, last heard of 7d 0h ago/);
  expect(seen.stdout).not.toMatch(/\d left/);
  const app = createApp(createStore(workplace.results, { restMs: 0, patienceMs: Number.POSITIVE_INFINITY, cacheFolder: null }), {
    assets: TEST_ASSETS,
    onError: () => {},
  });
  const shown = await (await app.request('http://127.0.0.1:7860/experiments/sweep', { headers: { host: '127.0.0.1:7860' } })).text();
  expect(shown).toContain('facet run was at work as process 4711 on another-host, last heard of 7d 0h ago');
  expect(shown).not.toMatch(/\d+s left/);
  for (const now of [[], ['--now']]) {
    const stop = await workplace.facet('stop', 'sweep', ...now);
    expect(stop).toMatchObject({ exitCode: 3, stdout: '' });
    expect(stop.stderr).toMatch(
      /^sweep: process 4711 on another-host, last heard of 7d 0h ago, cannot be reached from here\. .+ go on here with: .+ run sweep\.yaml --take-over$/,
    );
    expect(existsSync(stopRequestFile(folder()))).toBe(false);
  }
  const refused = await workplace.facet('run', 'sweep.yaml');
  expect(refused.exitCode).toBe(3);
  expect(refused.all).toContain('start again with --take-over');

  workplace.trainers = ['succeed'];
  const { exitCode, all } = await workplace.facet('run', 'sweep.yaml', '--take-over');
  expect(exitCode, all).toBe(0);
  expect(all).not.toContain('Watching for');
});

it('stop says at once that it cannot see a runner elsewhere, and does not wait longer than that runner shows no life', async () => {
  workplace.writeSweep(1);
  mkdirSync(folder(), { recursive: true });
  writeFileSync(join(folder(), 'experiment.json'), JSON.stringify({ format: 1, name: 'sweep', file: 'sweep.yaml', runs: [] }));
  writeFileSync(runnerLeaseFile(folder()), JSON.stringify({ ...createLease(), ...elsewhere }));
  const { exitCode, all } = await workplace.facet('stop', 'sweep');
  expect(exitCode, all).toBe(3);
  expect(all).toContain('Process 4711 on another-host cannot be seen from here.');
  expect(all).toMatch(/^sweep: process 4711 on another-host, not heard of for a minute, cannot be reached from here\./m);
  expect(existsSync(stopRequestFile(folder()))).toBe(false);
});

it('does not take over from a process that can be seen', { timeout: 120_000 }, async () => {
  workplace.writeSweep(1);
  mkdirSync(folder(), { recursive: true });
  writeFileSync(runnerLeaseFile(folder()), JSON.stringify(createLease()));
  expect((await workplace.facet('run', 'sweep.yaml', '--take-over')).exitCode).toBe(3);
});

it('names the runner of a machine that lives, and leaves the experiment alone', { timeout: 120_000 }, async () => {
  workplace.writeSweep(1);
  mkdirSync(folder(), { recursive: true });
  const program = await bundle('test/fixtures/lease-holder.ts');
  const holder = spawn(process.execPath, [program, runnerLeaseFile(folder()), JSON.stringify(elsewhere)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(3);
    expect(all).toMatch(/sweep is being run by process 4711 on another-host since/);
    expect(all).not.toContain('delete');
    expect(readExperiment(workplace.results, 'sweep').runs).toEqual([]);
  } finally {
    const exit = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exit;
    rmSync(dirname(program), { recursive: true, force: true });
  }
});

const unshare = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']), '--pid', '--fork', '--kill-child'];
const mayUnshare = process.platform === 'linux' && spawnSync(unshare[0]!, [...unshare.slice(1), 'true']).status === 0;

it.runIf(mayUnshare)(
  'never trains beside a runner in another PID namespace, whose number means nothing here',
  { timeout: 120_000 },
  async () => {
    workplace.trainers = ['hang'];
    workplace.writeSweep(1);
    workplace.prefix = unshare;
    const inside = workplace.facet('run', 'sweep.yaml');
    await expect.poll(() => readExperiment(workplace.results, 'sweep').runs[0]?.state, { timeout: 30_000 }).toBe('running');
    workplace.prefix = [];
    const outside = await workplace.facet('run', 'sweep.yaml');
    expect(outside.exitCode, outside.all).toBe(3);
    expect(readExperiment(workplace.results, 'sweep').runs[0]!.state).toBe('running');
    inside.kill('SIGKILL');
    await inside;
  },
);

it('ends its runs and leaves where another runner has taken the experiment over, and writes nothing into it any more', {
  timeout: 120_000,
}, async () => {
  workplace.trainers = ['hang'];
  workplace.writeSweep(1);
  const runner = workplace.facet('run', 'sweep.yaml');
  await expect.poll(() => readExperiment(workplace.results, 'sweep').runs[0]?.state, { timeout: 30_000 }).toBe('running');
  const run = readExperiment(workplace.results, 'sweep').runs[0]!.folder;
  const trainer = readLease(leaseFile(run))!;
  const successor = { ...createLease(), token: 'of a successor' }; // as if this process had taken both
  for (const path of [leaseFile(run), runnerLeaseFile(folder())]) writeFileSync(path, JSON.stringify(successor));
  const { exitCode, all } = await runner;
  expect(exitCode, all).toBe(3);
  expect(all).toMatch(/^sweep has been taken over by another process/m);
  await expect.poll(() => judgeProcess(trainer, 0), { timeout: 30_000 }).toBe('dead');
  for (const path of [leaseFile(run), runnerLeaseFile(folder())]) expect(readLease(path)?.token).toBe('of a successor');
  expect(existsSync(outcomeFile(run))).toBe(false);
});
