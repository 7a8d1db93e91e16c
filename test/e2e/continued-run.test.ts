// The real trainer on the real TensorFlow, started in a run folder that holds something already.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { identifyDataset } from '../../src/model/data/sources/index.ts';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { writeSnapshot } from '../../src/model/training/checkpoints/save.ts';
import { STOPPED_EXIT_CODE } from '../../src/results/child-messages.ts';
import { readEngines } from '../../src/results/engine-file.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import {
  checkpointsFolder,
  engineFile,
  formerSamplesFolder,
  logFile,
  metricsFile,
  outcomeFile,
  runFile,
  runStopFile,
  trainingFile,
} from '../../src/results/paths.ts';
import { readRun } from '../../src/results/read.ts';
import { listSamples, readSampleGrid } from '../../src/results/samples.ts';
import { buildShim } from '../faults/shim.ts';

const config = runConfigSchema.parse({
  attributes: ['Male'],
  dataset: { source: 'synthetic', images: 40, imageSize: 32, drawings: 2 },
  model: { width: 16 },
  training: { epochs: 3, batchSize: 8 },
  samples: { rows: 2 },
  evaluation: { oracle: false },
});
const [STEPS_PER_EPOCH, STEPS] = [5, 15];

let folder: string;
let main: string;
/** A run that has come to its end. */
let whole: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-continued-'));
  main = join(await ensureBuilt(), 'model/main.js');
  whole = await createRun('whole');
  expect(await train(whole)).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function createRun(name: string, changes: object = {}): Promise<string> {
  const run = join(folder, name);
  mkdirSync(run);
  const dataIdentity = await identifyDataset(config.dataset);
  const record = { format: 1, id: 'run', experiment: 'continued', axes: {}, config: { ...config, ...changes }, dataIdentity };
  writeFileSync(runFile(run), JSON.stringify({ ...record, provenance: {} }));
  return run;
}

/** A copy of the whole run as it was before its end: without an outcome. */
function copyUnfinished(name: string): string {
  const run = join(folder, name);
  cpSync(whole, run, { recursive: true });
  rmSync(outcomeFile(run));
  return run;
}

function start(run: string, env: Record<string, string> = {}) {
  const log = spawn('sh', ['-c', 'exec "$0" "$@" >> "$LOG" 2>&1', process.execPath, main, run], {
    env: { ...process.env, FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'tensorflow', LOG: logFile(run), ...env },
    stdio: 'ignore',
  });
  return once(log, 'exit').then(([code]) => code as number | null);
}

const train = (run: string, env?: Record<string, string>) => start(run, env);
const readLog = (run: string) => readFileSync(logFile(run), 'utf8');
const stepsOf = (run: string) => readMetrics(metricsFile(run)).records.map(({ step }) => step);
const allSteps = Array.from({ length: STEPS }, (_, index) => index + 1);

describe('a run', () => {
  it('stores how many steps it has, before the first of them', () => {
    expect(JSON.parse(readFileSync(trainingFile(whole), 'utf8'))).toEqual({
      format: 1,
      stepsPerEpoch: STEPS_PER_EPOCH,
      steps: STEPS,
      epochs: 3,
    });
  });

  it('that finds stop.json in its folder finishes the step, saves and leaves', async () => {
    const run = await createRun('stopped', { training: { ...config.training, epochs: 3000 } });
    const ended = start(run);
    while (stepsOf(run).length === 0) await sleep(20);
    writeFileSync(runStopFile(run), '{}');
    expect(await ended).toBe(STOPPED_EXIT_CODE);
    expect(existsSync(outcomeFile(run))).toBe(false);
    expect(listCheckpoints(run)[0]!.step).toBe(stepsOf(run).at(-1));
  });
});

describe('a run that goes on', () => {
  it('tells in its outcome the median speed of all attempts', async () => {
    const run = copyUnfinished('speed');
    rmSync(listCheckpoints(run)[0]!.path); // goes on from step 10 of 15
    const lines = readFileSync(metricsFile(run), 'utf8').replaceAll(/"imagesPerSecond":[\d.]+/g, '"imagesPerSecond":0.125');
    writeFileSync(metricsFile(run), lines);
    expect(await train(run)).toBe(0);
    expect(readRun(run).outcome).toMatchObject({ status: 'succeeded', message: 'Trained 3 epochs.', imagesPerSecond: 0.125 });
    expect(stepsOf(run)).toEqual(allSteps);
  });

  it('from a checkpoint that is later than its metrics says so, in the log and in the outcome', async () => {
    const run = copyUnfinished('hole');
    rmSync(listCheckpoints(run)[0]!.path);
    const lines = readFileSync(metricsFile(run), 'utf8').split('\n');
    writeFileSync(metricsFile(run), `${lines.slice(0, 4).join('\n')}\n`);
    expect(await train(run)).toBe(0);
    expect(readLog(run)).toContain('The checkpoint is of step 10, but metrics.jsonl has no record of steps 5 to 10: they stay missing.');
    expect(readRun(run).outcome).toMatchObject({
      status: 'succeeded',
      message: 'Trained 3 epochs.',
      note: 'metrics.jsonl has no record of steps 5 to 10.',
    });
    expect(stepsOf(run)).toEqual(allSteps.filter((step) => step < 5 || step > 10));
  });

  it('and draws other grids from now on sets those aside that it drew before', async () => {
    const run = copyUnfinished('grids');
    rmSync(listCheckpoints(run)[0]!.path);
    const record = JSON.parse(readFileSync(runFile(run), 'utf8'));
    record.config.samples.rows = 3;
    writeFileSync(runFile(run), JSON.stringify(record));
    expect(await train(run)).toBe(0);
    expect(listSamples(run).map(({ epoch, grid }) => [epoch, readSampleGrid(grid)?.rows])).toEqual([[3, 3]]);
    expect(readdirSync(formerSamplesFolder(run)).filter((name) => name.endsWith('.png'))).toEqual([
      '000001.png',
      '000002.png',
      '000003.png',
    ]);
  });

  it('and has no checkpoint, for whatever reason, begins again at its first step, and says so', async () => {
    const run = copyUnfinished('early');
    rmSync(checkpointsFolder(run), { recursive: true });
    expect(await train(run)).toBe(0);
    expect(readLog(run)).toContain('Training begins again at step 1, although it had come to step 15: there is no checkpoint.');
    expect(stepsOf(run)).toEqual(allSteps);
  });

  it('fails where its process has another backend than it was trained on, and cuts nothing, unless that is allowed', async () => {
    const run = copyUnfinished('elsewhere');
    writeFileSync(engineFile(run), readFileSync(engineFile(run), 'utf8').replace('tensorflow cpu', 'tensorflow cuda'));
    rmSync(listCheckpoints(run)[0]!.path);
    const metrics = readFileSync(metricsFile(run));
    expect(await train(run)).toBe(0);
    const message = expect.stringMatching(
      /^The run was trained on TensorFlow with CUDA so far, and this process has TensorFlow on the CPU\./,
    );
    expect(readRun(run).outcome).toMatchObject({ status: 'failed', message });
    expect(readFileSync(metricsFile(run)).equals(metrics)).toBe(true);

    rmSync(outcomeFile(run));
    expect(await train(run, { FACET_CHANGE_BACKEND: '1' })).toBe(0);
    expect(readRun(run).outcome?.status).toBe('succeeded');
    expect(readEngines(run).map(({ kind }) => kind)).toEqual(['tensorflow cuda', 'tensorflow cpu']);
  });

  it('fails so too where a former version trained it, which recorded nothing but what its runner had chosen', async () => {
    const run = copyUnfinished('former');
    rmSync(engineFile(run));
    const { oneDnn: _, ...provenance } = readRun(run).record!.provenance;
    const begin = (version: string) => {
      const backend = { ...provenance.backend, name: 'tensorflow', version };
      const resumption = { ...provenance, backend: { ...backend, version: 'TensorFlow 2.21.0 (CUDA)' }, oneDnn: null }; // this attempt
      writeFileSync(
        runFile(run),
        JSON.stringify({ ...readRun(run).record, provenance: { ...provenance, backend }, resumptions: [resumption] }),
      );
    };
    begin('TensorFlow 2.21.0 (CUDA)');
    rmSync(listCheckpoints(run)[0]!.path);
    const metrics = readFileSync(metricsFile(run));
    expect(await train(run)).toBe(0);
    const message = expect.stringMatching(/^The run was trained on TensorFlow with CUDA so far/);
    expect(readRun(run).outcome).toMatchObject({ status: 'failed', message });
    expect(readFileSync(metricsFile(run)).equals(metrics)).toBe(true);

    rmSync(outcomeFile(run));
    begin('TensorFlow 2.21.0 (CPU)');
    expect(await train(run)).toBe(0);
    expect(readRun(run).outcome?.status).toBe('succeeded');
  });

  it('fails where its newest checkpoint cannot be read, or none of them is whole, and cuts nothing', async () => {
    const run = copyUnfinished('unreadable');
    const [newest, other] = listCheckpoints(run);
    const metrics = readFileSync(metricsFile(run));
    rmSync(newest!.path);
    symlinkSync(newest!.path, newest!.path); // leads to itself
    expect(await train(run)).toBe(0);
    expect(readRun(run).outcome).toMatchObject({
      status: 'failed',
      steps: STEPS,
      message: `${newest!.path}: cannot be read: its links lead in a circle (ELOOP). Nothing was changed. Mend that, then start again.`,
    });

    rmSync(newest!.path);
    truncateSync(other!.path, 5000);
    rmSync(outcomeFile(run));
    expect(await train(run)).toBe(0);
    expect(readRun(run).outcome).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('the only checkpoint is damaged, so the run cannot go on. Nothing was changed.'),
    });
    expect(readFileSync(metricsFile(run)).equals(metrics)).toBe(true);
  });
});

it.runIf(process.platform === 'linux')('a run that diverges has its last metrics on disk before its outcome', async () => {
  const shim = await buildShim();
  const run = copyUnfinished('diverged');
  const { tensors, metadata: former } = readSafetensors(listCheckpoints(run)[1]!.path);
  const { sha256: _, ...metadata } = former;
  rmSync(checkpointsFolder(run), { recursive: true });
  const poisoned = [...tensors].map(([name, { shape, values }]) => [name, { shape, read: async () => values.fill(Number.NaN) }] as const);
  await writeSnapshot({ position: { step: 10, seconds: 1 }, tensors: new Map(poisoned), metadata }, { folder: run, keep: 2 });
  const calls = join(folder, 'calls');
  const faults = { FAULT_UNDER: run, FAULT_KIND: 'EIO', FAULT_AT: '1000000', FAULT_LOG: calls };
  expect(await train(run, { ...shim.environment, ...faults })).toBe(0);
  shim.remove();
  expect(readRun(run).outcome).toMatchObject({ status: 'diverged', steps: 11 });
  expect(stepsOf(run).at(-1)).toBe(11);
  const order = readFileSync(calls, 'utf8').split('\n');
  const lastOf = (part: string) => order.findLastIndex((line) => line.includes(part));
  expect(lastOf(`write ${metricsFile(run)}`)).toBeGreaterThan(-1);
  expect(lastOf(`fsync ${metricsFile(run)}`)).toBeGreaterThan(lastOf(`write ${metricsFile(run)}`));
  expect(lastOf(`rename ${outcomeFile(run)}`)).toBeGreaterThan(lastOf(`fsync ${metricsFile(run)}`));
});
