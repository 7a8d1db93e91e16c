// Real runs on the real TensorFlow, killed without warning: a training process, or the runner with all of them.
// FACET_FAULTS_SEED=… repeats the moments.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { createRandom } from '../../src/experiment/random.ts';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { readLiveLease } from '../../src/results/leases/lease.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { FAULTS_SEED } from '../faults/seed.ts';

const MOST_KILLS = 6;

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-killed-'));
  cli = join(await ensureBuilt(), 'cli.js');
  writeFileSync(join(folder, 'killed.yaml'), EXPERIMENT);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two runs at a time: that one is killed must not hurt the other. */
const EXPERIMENT = `
name: killed
attributes: [Male, Young]
dataset: {source: synthetic, images: 300, seed: 1, imageSize: 32}
model: {width: 16}
training: {epochs: 6, batchSize: 8}
samples: {every: 3, rows: 2}
checkpoint: {everySeconds: 0.2}
sweep: {grid: {training.seed: [1, 2]}}
execution: {parallel: 2}
`;

const facet = (results: string, ...words: string[]) =>
  execa(process.execPath, [cli, ...(words.length > 0 ? words : ['run', 'killed.yaml', '--retry-failed']), '--results', results], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow' },
  });
const runs = (results: string) => readExperiment(join(folder, results), 'killed').runs;
const losses = (run: string) => {
  const { records, problems } = readMetrics(metricsFile(run));
  expect(problems).toEqual([]);
  return records.map(({ step, epoch, lossD, lossG, dReal, dFake }) => ({ step, epoch, lossD, lossG, dReal, dFake }));
};
const weights = (run: string) => readSafetensors(listCheckpoints(run)[0]!.path).tensors;

/** Runs the sweep; kills it, or one of its trainers, once both train. Says whom it met. */
async function runAndKill(results: string, random: { integer(below: number): number }): Promise<'runner' | 'trainer' | 'nobody'> {
  const before = runs(results).map(({ folder }) => stepsOf(folder));
  const runner = facet(results);
  const hasEnded = runner.then(() => true);
  const isOver = () => Promise.race([hasEnded, sleep(10, false)]);
  const isTraining = () => runs(results).some(({ folder }, index) => stepsOf(folder) > (before[index] ?? 0));
  while (!isTraining() && !(await isOver()));
  await sleep(random.integer(700));
  const victims = runs(results).flatMap(({ folder }) => readLiveLease(leaseFile(folder))?.pid ?? []);
  const target = random.integer(2) === 0 ? 'runner' : 'trainer';
  const pid = target === 'runner' ? runner.pid! : victims[random.integer(Math.max(1, victims.length))];
  const isMet = pid !== undefined && !(await isOver()) && killHard(pid);
  await runner;
  await expect.poll(() => runs(results).filter(({ state }) => state === 'running'), { timeout: 10_000 }).toEqual([]);
  return isMet ? target : 'nobody';
}

describe('a sweep whose processes are killed again and again', () => {
  it('ends with the metrics, weights and sample grids, bit for bit, of one that was left alone', { timeout: 240_000 }, async () => {
    console.log(`FACET_FAULTS_SEED=${FAULTS_SEED}`);
    const whole = await facet('whole');
    expect(whole.exitCode, whole.all).toBe(0);
    const random = createRandom(FAULTS_SEED, 'kills');
    const met: string[] = [];
    while (met.length < MOST_KILLS && !(runs('broken').length > 0 && runs('broken').every(({ state }) => state === 'succeeded'))) {
      met.push(await runAndKill('broken', random));
    }
    const last = await facet('broken');
    expect(last.exitCode, last.all).toBe(0);
    console.log(`killed: ${met.join(', ')}`);
    expect(met.filter((target) => target !== 'nobody').length).toBeGreaterThan(0);
    expectAsWhole('broken');
  });

  it('ends so as well where one run is stopped, the other comes to its end, and the first goes on alone', {
    timeout: 120_000,
  }, async () => {
    const sweep = facet('stopped');
    await expect.poll(() => runs('stopped').map(({ folder }) => Math.min(stepsOf(folder), 40)), { timeout: 60_000 }).toEqual([40, 40]);
    const [first] = runs('stopped');
    const stop = await facet('stopped', 'stop', `killed/${first!.id}`);
    expect(stop.exitCode, stop.all).toBe(0);
    const { exitCode, all } = await sweep;
    expect(exitCode, all).toBe(1);
    expect(runs('stopped').map(({ state }) => state)).toEqual(['cancelled', 'succeeded']);
    const alone = await facet('stopped', 'run', 'killed.yaml', '--only', first!.id);
    expect(alone.exitCode, alone.all).toBe(0);
    expectAsWhole('stopped');
  });
});

function expectAsWhole(results: string): void {
  for (const [index, { folder: broken }] of runs(results).entries()) {
    const { folder: undisturbed } = runs('whole')[index]!;
    expect(losses(undisturbed)).toHaveLength(6 * 38);
    expect(losses(broken)).toEqual(losses(undisturbed));
    expect(readEvaluations(undisturbed).records.map(({ epoch }) => epoch)).toEqual([3, 6]);
    expect(readEvaluations(broken)).toEqual(readEvaluations(undisturbed));
    expect(weights(broken)).toEqual(weights(undisturbed));
    for (const epoch of ['000003', '000006']) {
      const [picture, other] = [broken, undisturbed].map((run) => readFileSync(join(run, `samples/${epoch}.png`)));
      expect(picture!.equals(other!), epoch).toBe(true);
    }
  }
}

const stepsOf = (run: string): number => (existsSync(metricsFile(run)) ? readMetrics(metricsFile(run)).records.length : 0);

function killHard(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
