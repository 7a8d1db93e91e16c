// Sweeps on a real SLURM, with the command as a user starts it and fixture trainers in place of TensorFlow.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSubmissions, readTaskRecord } from '../../src/results/jobs/files.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { logFile, metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { type Cluster, findLackOfSlurm, startCluster } from '../helpers/slurm-cluster.ts';

const lack = findLackOfSlurm();
if (lack !== null) console.log(`The tests on a real SLURM are skipped: ${lack}.`);

let cluster: Cluster;
let place: Workplace;
beforeAll(async () => {
  if (lack === null) cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(() => {
  place = createWorkplace();
  if (lack === null) place.env = { ...cluster.env, FACET_SLURM_GRACE_SECONDS: '6' };
});
afterEach(() => place.remove());

const runs = () => readExperiment(place.results, 'sweep').runs;
const states = () => runs().map(({ state }) => state);
const steps = (run: string) => readMetrics(metricsFile(run)).records.map(({ step }) => step);
const submissions = () => readSubmissions(join(place.results, 'sweep'));
const records = () => submissions().flatMap(({ folder, tasks }) => tasks.map((_, index) => readTaskRecord(folder, index)));
const slurm = (fields = '') => `execution: {executor: slurm, retries: 1, backoff: 0.1, slurm: {cpus: 1, grace: 10s${fields}}}`;

describe.skipIf(lack !== null)('a sweep on a real SLURM', () => {
  it('ends as on this machine: each run once, an array for all, a retry where one crashes', async () => {
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
});
