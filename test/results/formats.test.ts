// Results that earlier versions of Facet have written, read by this one. See the README.md in each folder of test/fixtures/results.

import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/dashboard/app.ts';
import { createStore } from '../../src/dashboard/store.ts';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readHalvingDecisions } from '../../src/results/lines/halving.ts';
import { readLogTail } from '../../src/results/lines/log.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { outcomeFile } from '../../src/results/paths.ts';
import { listExperiments, readExperiment } from '../../src/results/read.ts';
import { listSamples, readSampleGrid } from '../../src/results/samples.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { TEST_ASSETS } from '../helpers/dashboard.ts';

const fixture = resolve(import.meta.dirname, '../fixtures/results/format-1');
const halvingFixture = resolve(import.meta.dirname, '../fixtures/results/format-1-halving');
let workplace: Workplace;

beforeAll(() => {
  workplace = createWorkplace();
  workplace.env.FACET_BACKEND = 'tensorflow'; // on which the fixture was trained
  copyFile(join(fixture, 'sweep.yaml'), join(workplace.folder, 'sweep.yaml'));
  copyExperiment(fixture, 'tiny');
});
afterAll(() => workplace.remove());

/** An experiment file of that time, which asks for the faces as they were drawn then. */
function copyFile(from: string, to: string): void {
  writeFileSync(to, readFileSync(from, 'utf8').replace('images: 8,', 'images: 8, drawings: 1,'));
}

/** A lease can be judged only on the machine that wrote it. */
function copyExperiment(from: string, experiment: string, results = workplace.results): void {
  cpSync(join(from, experiment), join(results, experiment), { recursive: true });
  for (const name of readdirSync(join(results, experiment), { recursive: true, encoding: 'utf8' })) {
    if (!/(runner|lease)\.json$/.test(name)) continue;
    const path = join(results, experiment, name);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"host": "example"', `"host": ${JSON.stringify(hostname())}`));
  }
}

const STATES = {
  'seed1-85e7053eb0bf': 'succeeded',
  'seed2-3edf5534ca53': 'crashed',
  'seed3-48d5e53199c5': 'interrupted',
  'seed4-817e8ace8dd2': 'queued',
};
const folderOf = (run: keyof typeof STATES): string => join(workplace.results, 'tiny', run);

describe('results in format 1', () => {
  it('are read without a complaint: runs, states, outcomes', () => {
    expect(listExperiments(workplace.results)).toMatchObject([{ name: 'tiny', runner: null, problems: [] }]);
    const { runs, record } = readExperiment(workplace.results, 'tiny');
    expect(record?.description).toBe('Does every later version read what this one wrote?');
    expect(Object.fromEntries(runs.map(({ id, state }) => [id, state]))).toEqual(STATES);
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(runs.map(({ axes }) => axes['training.seed'])).toEqual(['1', '2', '3', '4']);
    expect(runs[0]).toMatchObject({
      record: { config: { model: { width: 8 } }, provenance: { git: { dirty: false }, backend: { name: 'tensorflow' }, threads: 2 } },
      outcome: { status: 'succeeded', steps: 4, epochs: 2 },
    });
    expect(runs[1]?.outcome).toMatchObject({ signal: 'SIGSEGV' });
  });

  it('keep their metrics, grids, logs and weights; what came later reads as none', () => {
    const folder = folderOf('seed1-85e7053eb0bf');
    const { records, problems } = readMetrics(join(folder, 'metrics.jsonl'));
    expect(problems).toEqual([]);
    expect(records.map(({ step, epoch }) => [step, epoch])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ]);
    for (const { lossD, lossG, dReal, dFake, seconds } of records)
      for (const value of [lossD, lossG, dReal, dFake, seconds]) expect(value).toBeGreaterThan(0);
    expect(listSamples(folder).map(({ epoch, grid }) => [epoch, readSampleGrid(grid)?.columns.length])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(readLogTail(folderOf('seed2-3edf5534ca53'), 5)).toEqual(['about to crash']);
    expect(readEvaluations(folder)).toEqual({ records: [], problems: [] });
    const [checkpoint] = listCheckpoints(folder);
    const { tensors, metadata } = readSafetensors(checkpoint!.path);
    expect([checkpoint!.step, metadata.step, metadata.format]).toEqual([4, '4', '1']);
    expect(tensors.size).toBeGreaterThan(40);
  });

  it('are known to facet plan under the same names: nothing is trained twice', async () => {
    const { exitCode, stdout } = await workplace.facet('plan', 'sweep.yaml', '--json');
    expect(exitCode).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: { id: string; action: string; state: string }[] };
    const { 'seed4-817e8ace8dd2': waiting, ...begun } = STATES;
    expect(Object.fromEntries(runs.slice(0, 3).map(({ id, state }) => [id, state]))).toEqual(begun);
    expect(runs[3]!.state).toBe(waiting); // it has no folder yet: its name is that of today
    expect(runs.map(({ action }) => action)).toEqual(['skip', 'skip', 'resume', 'start']);
  });

  it.each([
    ['as they are', []],
    ['with other samples', ['--set', 'samples.rows=4', '--set', 'samples.every=7', '--set', 'samples.conditions=auto']],
    ['with other checkpoints', ['--set', 'checkpoint.keep=9']],
  ])('are found under their ids of that time, halving and a killed run too, %s', async (_what, options) => {
    for (const name of ['sweep', 'killed']) copyFile(join(halvingFixture, `${name}.yaml`), join(workplace.folder, `halving-${name}.yaml`));
    for (const name of ['halved', 'killed']) copyExperiment(halvingFixture, name);
    const planOf = async (file: string) => {
      const { stdout } = await workplace.facet('plan', file, '--json', ...options);
      return (JSON.parse(stdout) as { runs: { id: string; action: string; state: string }[] }).runs.map(
        ({ id, action, state }) => `${id} ${state} ${action}`,
      );
    };
    expect((await planOf('halving-sweep.yaml')).sort()).toEqual([
      'learningrate0.00016327-63ac416b49ef succeeded skip',
      'learningrate0.000422069-2343d4ba357e stopped-early skip',
      'learningrate0.00075439-26460467933f stopped-early skip',
    ]);
    expect(await planOf('halving-killed.yaml')).toEqual(['a1-w8-s1-f5e5cd68f854 interrupted resume']);
  });

  it('are told of by facet status', async () => {
    const all = await workplace.facet('status');
    expect(all).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('tiny') });
    const one = await workplace.facet('status', 'tiny');
    expect(one.exitCode).toBe(0);
    for (const [id, state] of Object.entries(STATES)) {
      const line = one.stdout.split('\n').find((text) => text.includes(id));
      expect(line).toContain(state === 'queued' ? 'waiting' : state);
    }
  });

  it('are shown by the dashboard', async () => {
    const app = createApp(createStore(workplace.results, { restMs: 0, patienceMs: Number.POSITIVE_INFINITY }), { assets: TEST_ASSETS });
    const get = async (path: string) => app.request(`http://127.0.0.1:7860${path}`, { headers: { host: '127.0.0.1:7860' } });
    for (const path of ['/', '/experiments/tiny', ...Object.keys(STATES).map((id) => `/experiments/tiny/runs/${id}`)]) {
      const response = await get(path);
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      expect(await response.text()).not.toContain('could not be read');
    }
    expect((await get('/experiments/tiny/runs/seed1-85e7053eb0bf/samples/2.png')).status).toBe(200);
  });

  it('are gone on with from their checkpoints', async () => {
    const folder = folderOf('seed1-85e7053eb0bf');
    rmSync(outcomeFile(folder));
    const yaml = readFileSync(join(workplace.folder, 'sweep.yaml'), 'utf8').replace('[1, 2, 3, 4]', '[1]');
    writeFileSync(join(workplace.folder, 'one.yaml'), yaml);
    workplace.env.FACET_TRAINER = '';
    workplace.env.FACET_CACHE = join(workplace.folder, 'cache');
    const { exitCode, all } = await workplace.facet('run', 'one.yaml');
    expect(all).toContain('1 of 1 run succeeded');
    expect(exitCode).toBe(0);
    expect(readLogTail(folder, 50).join('\n')).toContain('Continuing after step 4.');
    expect(readMetrics(join(folder, 'metrics.jsonl')).records).toHaveLength(4);
  }, 120_000);
});

describe('results in format 1 with evaluations, halving and a killed run', () => {
  const HALVED = {
    'learningrate0.00075439-26460467933f': 'stopped-early',
    'learningrate0.00016327-63ac416b49ef': 'succeeded',
    'learningrate0.000422069-2343d4ba357e': 'stopped-early',
  };
  const WINNER = 'learningrate0.00016327-63ac416b49ef';
  const KILLED = 'a1-w8-s1-f5e5cd68f854';
  let place: Workplace;
  const runFolderOf = (experiment: string, run: string) => join(place.results, experiment, run);

  beforeAll(() => {
    place = createWorkplace();
    place.env.FACET_BACKEND = 'tensorflow'; // on which the fixture was trained
    for (const name of ['sweep', 'killed']) copyFile(join(halvingFixture, `${name}.yaml`), join(place.folder, `${name}.yaml`));
    for (const name of ['halved', 'killed']) copyExperiment(halvingFixture, name, place.results);
  });
  afterAll(() => place.remove());

  it('are read without a complaint: states, evaluations, decisions', () => {
    const halved = readExperiment(place.results, 'halved');
    const killed = readExperiment(place.results, 'killed');
    expect(Object.fromEntries(halved.runs.map(({ id, state }) => [id, state]))).toEqual(HALVED);
    expect(killed.runs.map(({ id, state }) => [id, state])).toEqual([[KILLED, 'interrupted']]);
    expect([...halved.runs, ...killed.runs].flatMap(({ problems }) => problems)).toEqual([]);
    const { records, problems } = readEvaluations(runFolderOf('halved', WINNER));
    expect(problems).toEqual([]);
    expect(records.map(({ step, epoch }) => [step, epoch])).toEqual([
      [2, 1],
      [4, 2],
      [6, 3],
      [8, 4],
    ]);
    for (const { values } of records) expect(values.slicedWasserstein).toBeCloseTo(0.8185, 3);
    expect(readHalvingDecisions(join(place.results, 'halved')).map(({ rung, decision }) => `${rung} ${decision}`)).toEqual([
      '0 stopped-early',
      '0 promoted',
      '1 stopped-early',
      '0 stopped-early',
      '1 promoted',
      '2 finished',
    ]);
  });

  it('are told of by facet status and facet plan', async () => {
    const status = await place.facet('status', 'halved');
    expect(status).toMatchObject({ exitCode: 0, stderr: '' });
    for (const [id, state] of Object.entries(HALVED)) {
      expect(status.stdout.split('\n').find((line) => line.includes(id))).toContain(state.replace('-', ' '));
    }
    const plan = await place.facet('plan', 'killed.yaml');
    expect(plan).toMatchObject({ exitCode: 0, stderr: '' });
    expect(plan.stdout).toContain(KILLED);
  });

  it('are shown by the dashboard', async () => {
    const app = createApp(createStore(place.results, { restMs: 0, patienceMs: Number.POSITIVE_INFINITY }), { assets: TEST_ASSETS });
    const pages = ['/', '/experiments/halved', '/experiments/killed', `/experiments/killed/runs/${KILLED}`];
    for (const path of [...pages, ...Object.keys(HALVED).map((id) => `/experiments/halved/runs/${id}`)]) {
      const response = await app.request(`http://127.0.0.1:7860${path}`, { headers: { host: '127.0.0.1:7860' } });
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      expect(await response.text()).not.toMatch(/could not be read|Cannot be read/);
    }
  });

  it('are left as they are by facet run where all is decided', async () => {
    place.trainers = ['crash', 'crash', 'crash']; // none may be started
    const before = Object.keys(HALVED).map((run) => hashFolder(runFolderOf('halved', run)));
    const { exitCode, all } = await place.facet('run', 'sweep.yaml');
    expect({ exitCode, all }).toMatchObject({ exitCode: 0, all: expect.stringContaining('1 of 3 runs succeeded, 2 stopped early.') });
    expect(Object.keys(HALVED).map((run) => hashFolder(runFolderOf('halved', run)))).toEqual(before);
    expect(readHalvingDecisions(join(place.results, 'halved'))).toHaveLength(6);
  });

  it('are gone on with after the kill, from the newest checkpoint and with the same numbers', async () => {
    const folder = runFolderOf('killed', KILLED);
    const before = readMetrics(join(folder, 'metrics.jsonl')).records;
    const safe = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n').slice(0, 18);
    Object.assign(place.env, { FACET_TRAINER: '', FACET_BACKEND: 'tensorflow', FACET_GRACE_SECONDS: '60' });
    const runner = place.facet('run', 'killed.yaml');
    await expect.poll(() => readMetrics(join(folder, 'metrics.jsonl')).records.length, { timeout: 90_000 }).toBeGreaterThan(24);
    runner.kill('SIGINT');
    const { exitCode, all } = await runner;
    expect(exitCode, all).toBe(130);
    expect(readLogTail(folder, 50).join('\n')).toContain('Continuing after step 18.');
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n').slice(0, 18)).toEqual(safe);
    const { records, problems } = readMetrics(join(folder, 'metrics.jsonl'));
    expect(problems).toEqual([]);
    expect(records.map(({ step }) => step)).toEqual(records.map((_, index) => index + 1));
    // The steps after the checkpoint were taken before the kill too. Other processors round otherwise.
    for (const index of [18, 19]) {
      expect(records[index]!.lossD).toBeCloseTo(before[index]!.lossD, 4);
      expect(records[index]!.lossG).toBeCloseTo(before[index]!.lossG, 4);
    }
    expect(readExperiment(place.results, 'killed').runs.map(({ state }) => state)).toEqual(['cancelled']);
  }, 120_000);
});

/** Of the names and bytes of all files below a folder. */
function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })) {
    if (entry.isFile()) hash.update(join(entry.parentPath, entry.name)).update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
}
