// Facet's own training on a real SLURM: a requeue in the middle of an epoch changes no bit.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { readSubmissions, readTaskRecord } from '../../src/results/jobs/files.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { logFile, metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { type Cluster, findLackOfSlurm, startCluster } from '../helpers/slurm-cluster.ts';

const lack = findLackOfSlurm();

let cluster: Cluster;
let folder: string;
let cli: string;
beforeAll(async () => {
  if (lack !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'facet-slurm-training-'));
  cli = join(await ensureBuilt(), 'cli.js');
  writeFileSync(join(folder, 'smoke.yaml'), EXPERIMENT);
  cluster = await startCluster();
});
afterAll(async () => {
  await cluster?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const EXPERIMENT = `
name: smoke
attributes: [Male, Young]
dataset: {source: synthetic, images: 300, seed: 1, imageSize: 32}
model: {width: 16}
training: {epochs: 6, batchSize: 8}
samples: {every: 3, rows: 2}
checkpoint: {everySeconds: 600}
sweep: {grid: {training.seed: [1, 2]}}
execution: {executor: slurm, slurm: {cpus: 1, grace: 10s}}
`;

const facet = (results: string) =>
  execa(process.execPath, [cli, 'run', 'smoke.yaml', '--results', results], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { ...cluster.env, FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow', FACET_SLURM_GRACE_SECONDS: '8' },
  });
const runs = (results: string) => readExperiment(join(folder, results), 'smoke').runs;
const losses = (run: string) => {
  const { records, problems } = readMetrics(metricsFile(run));
  expect(problems).toEqual([]);
  return records.map(({ step, epoch, lossD, lossG, dReal, dFake }) => ({ step, epoch, lossD, lossG, dReal, dFake }));
};
const weights = (run: string) => readSafetensors(listCheckpoints(run)[0]!.path).tensors;

describe.skipIf(lack !== null)('training on a real SLURM', () => {
  it('queued again in the middle of an epoch it ends with the metrics, weights and grids of one left alone', {
    timeout: 240_000,
  }, async () => {
    const whole = await facet('whole');
    expect(whole.exitCode, whole.all).toBe(0);
    const broken = facet('broken');
    const isInEpoch = () => {
      const { step, epoch } = readMetrics(metricsFile(runs('broken')[0]?.folder ?? '')).records.at(-1) ?? { step: 0, epoch: 0 };
      return epoch >= 2 && step % 37 > 2;
    };
    await expect.poll(isInEpoch, { timeout: 60_000, interval: 20 }).toBe(true);
    const submission = readSubmissions(join(folder, 'broken', 'smoke'))[0]!;
    cluster.ask('scancel', '--signal=USR2', '--batch', `${submission.array}_0`);
    const { exitCode, all } = await broken;
    expect(exitCode, all).toBe(0);
    const record = readTaskRecord(submission.folder, 0)!;
    expect(record).toMatchObject({ restart: 1, end: { why: 'finished', status: 'succeeded' } });
    expect(record.timeLimits + record.preemptions).toBe(1);
    const log = readFileSync(logFile(runs('broken')[0]!.folder), 'utf8');
    expect(log).toMatch(/SIGUSR2: saved, and queued again/);
    const from = Number(/Continuing after step (\d+)/.exec(log)?.[1]);
    expect(from % 37).toBeGreaterThan(0);
    for (const [index, { folder: run, state }] of runs('broken').entries()) {
      const reference = runs('whole')[index]!.folder;
      expect(state).toBe('succeeded');
      expect(losses(run)).toEqual(losses(reference));
      expect(readEvaluations(run).records).toEqual(readEvaluations(reference).records);
      expect(weights(run)).toEqual(weights(reference));
      expect(readFileSync(join(run, 'samples/000006.png'))).toEqual(readFileSync(join(reference, 'samples/000006.png')));
    }
  });
});
