// The real trainer on the real TensorFlow, where the disk or the data fail it.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { identifyDataset } from '../../src/model/data/sources/index.ts';
import { STOPPED_EXIT_CODE } from '../../src/results/child-messages.ts';
import { keepReserve } from '../../src/results/files/reserve.ts';
import { acquireLease, createLease, readLease, releaseLease } from '../../src/results/leases/lease.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, metricsFile } from '../../src/results/paths.ts';
import { readRun } from '../../src/results/read.ts';
import { canMount } from '../helpers/mount.ts';

let folder: string;
let main: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-child-failures-'));
  main = join(await ensureBuilt(), 'model/main.js');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = runConfigSchema.parse({
  attributes: ['Male'],
  dataset: { source: 'synthetic', images: 40, imageSize: 32, drawings: 2 },
  model: { width: 32 },
  training: { epochs: 3, batchSize: 8 },
  samples: { rows: 2 },
  evaluation: { oracle: false },
});

async function start(run: string, changed: Partial<typeof config.training> = {}): Promise<ChildProcess> {
  const longer = { ...config, training: { ...config.training, ...changed } };
  const record = {
    format: 1,
    id: 'run',
    experiment: 'failing',
    axes: {},
    config: longer,
    dataIdentity: await identifyDataset(config.dataset),
  };
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, provenance: {} }));
  const env = { ...process.env, FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow', TF_NUM_INTRAOP_THREADS: '1' };
  return spawn(process.execPath, [main, run], { env, stdio: 'ignore' });
}

async function train(run: string, changed?: Partial<typeof config.training>): Promise<number | null> {
  return ((await once(await start(run, changed), 'exit')) as [number | null])[0];
}

it('pictures that are damaged after they were packed are bad data', async () => {
  const run = join(folder, 'damaged');
  mkdirSync(run);
  expect(await train(run)).toBe(0);
  expect(readRun(run).outcome?.status).toBe('succeeded');
  rmSync(join(run, 'outcome.json'));
  rmSync(join(run, 'checkpoints'), { recursive: true });
  const pixels = readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('pixels.bin'));
  truncateSync(join(folder, 'cache', pixels!), 1000);
  expect(await train(run)).toBe(0);
  expect(readRun(run).outcome).toMatchObject({
    status: 'bad-data',
    steps: 15,
    message: expect.stringMatching(/pixels\.bin.*found 1000\.$/),
  });
  rmSync(join(folder, 'cache'), { recursive: true });
}, 120_000);

it.runIf(canMount())(
  'a disk that fills up while it trains is told as such, in an outcome that found room',
  async () => {
    const run = join(folder, 'full');
    mkdirSync(run);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', run]);
    try {
      keepReserve(run);
      expect(await train(run)).toBe(0);
      expect(readRun(run)).toMatchObject({ problems: [], outcome: { status: 'no-space', message: expect.stringContaining('ENOSPC') } });
    } finally {
      execFileSync('umount', [run]);
    }
  },
  120_000,
);

it('losses that no training has end the run as diverged, and say how to let it go on', async () => {
  const wild = { epochs: 6, learningRate: 1, adamBeta1: 0, adamBeta2: 0 };
  const [watched, unwatched] = [join(folder, 'watched'), join(folder, 'unwatched')];
  for (const run of [watched, unwatched]) mkdirSync(run);
  expect(await train(watched, wild)).toBe(0);
  const { outcome } = readRun(watched);
  expect(outcome).toMatchObject({
    status: 'diverged',
    message: expect.stringMatching(/of the last 20 steps .*training\.stopDiverged: false/),
  });
  expect(outcome!.steps).toBeLessThan(30);
  expect(outcome!.steps % 5).toBe(0); // seen at the end of an epoch
  const last = readMetrics(metricsFile(watched)).records.at(-1)!;
  expect(Math.max(last.lossD!, last.lossG!)).toBeGreaterThan(1000);
  expect(last.step).toBe(outcome!.steps);

  // Where it is turned off, as in runs of before the field, the same run goes on from there.
  expect(await train(unwatched, { ...wild, stopDiverged: false })).toBe(0);
  expect(readRun(unwatched).outcome).toMatchObject({ status: 'succeeded', steps: 30 });
  expect(lossesOf(unwatched).slice(0, outcome!.steps)).toEqual(lossesOf(watched));
}, 120_000);

const lossesOf = (run: string) => readMetrics(metricsFile(run)).records.map(({ lossD, lossG }) => [lossD, lossG]);

it('a trainer that was suspended, and whose run another process has taken over meanwhile, leaves without another write', async () => {
  const run = join(folder, 'suspended');
  mkdirSync(run);
  const child = await start(run, { epochs: 100_000 });
  const exit = once(child, 'exit');
  const lease = { ...createLease(child.pid), heartbeatMs: 50 };
  writeFileSync(leaseFile(run), JSON.stringify(lease));
  utimesSync(leaseFile(run), 1, 1);
  await expect.poll(() => statSync(leaseFile(run)).mtimeMs, { timeout: 60_000 }).toBeGreaterThan(1000); // it renews it
  await expect.poll(() => readMetrics(metricsFile(run)).records.length, { timeout: 60_000 }).toBeGreaterThan(0);
  child.kill('SIGSTOP');
  await sleep(200); // longer than a heartbeat
  writeFileSync(leaseFile(run), JSON.stringify({ ...lease, token: 'of a successor' }));
  const before = readFileSync(metricsFile(run));
  child.kill('SIGCONT');
  expect((await exit)[0]).toBe(STOPPED_EXIT_CODE);
  expect(readFileSync(metricsFile(run)).equals(before)).toBe(true);
  expect(readRun(run).outcome).toBeNull();
}, 180_000);

it('a trainer that has no runner leaves where the run has its outcome, and where another process works on it, unless that has started it', async () => {
  const run = join(folder, 'held');
  mkdirSync(run);
  writeFileSync(leaseFile(run), JSON.stringify(createLease(1)));
  expect(await train(run)).toBe(STOPPED_EXIT_CODE);
  expect(readLease(leaseFile(run))?.pid).toBe(1);
  expect(readdirSync(run).sort()).toEqual(['lease.json', 'run.json']);

  rmSync(leaseFile(run));
  const hold = acquireLease(leaseFile(run));
  expect(await train(run)).toBe(0); // this process has started it
  const outcome = readFileSync(join(run, 'outcome.json'));
  expect(hold).toMatchObject({ acquired: true, lease: readLease(leaseFile(run)) });

  if (hold.acquired) releaseLease(leaseFile(run), hold.lease);
  expect(await train(run)).toBe(STOPPED_EXIT_CODE);
  expect(readFileSync(join(run, 'outcome.json')).equals(outcome)).toBe(true);
  expect(readLease(leaseFile(run))).toBeNull(); // given up at its end
}, 120_000);
