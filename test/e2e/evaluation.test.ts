// Runs that are judged by an oracle, with real training processes on the real TensorFlow. The pictures are so few and plain that the
// oracle is trained in a second.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { acquireLease, releaseLease } from '../../src/results/leases/lease.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readHalvingDecisions } from '../../src/results/lines/halving.ts';
import { evaluationFile, leaseFile, logFile, metricsFile, outcomeFile } from '../../src/results/paths.ts';
import { type Run, readEvaluation, readExperiment, readRun } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeLabelledFolder } from '../helpers/labelled-folder.ts';

let workplace: Workplace;
beforeAll(async () => {
  workplace = createWorkplace();
  Object.assign(workplace.env, { FACET_TRAINER: '', FACET_BACKEND: 'tensorflow', FACET_CACHE: join(workplace.folder, 'cache') });
  await writeLabelledFolder(join(workplace.folder, 'pictures'), 120);
});
afterAll(() => workplace.remove());

/** Epochs of 4 steps. */
function writeExperiment(more: string): void {
  const text = `name: sweep
dataset: {source: folder, root: pictures, imageSize: 32}
attributes: [Bright, Red]
model: {width: 8, latentSize: 4}
training: {epochs: 6, batchSize: 30}
samples: {rows: 1}
checkpoint: {keep: 1}
evaluation: {oracle: true, every: 2, pictures: 64, finalPictures: 600}
execution: {parallel: 1}
${more}
`;
  writeFileSync(join(workplace.folder, 'sweep.yaml'), text);
}

const runsOf = (results = workplace.results) => readExperiment(results, 'sweep').runs;
/** What measuring must leave alone. */
const trainedBytes = ({ folder }: Pick<Run, 'folder'>) =>
  [metricsFile(folder), ...listCheckpoints(folder).map(({ path }) => path)].map((path) => readFileSync(path).toString('base64'));

describe('a run with an oracle', () => {
  it('is judged every so many epochs, keeps its best checkpoint by that, and ends with both in evaluation.json', async () => {
    writeExperiment('sweep: {grid: {training.seed: [1, 2]}}');
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    for (const { folder, outcome } of runsOf()) {
      expect(outcome?.note).toBeUndefined();
      const { records } = readEvaluations(folder);
      expect(records.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
      const distances = new Map(records.flatMap(({ step, values }) => (values.frechetDistance ? [[step, values.frechetDistance]] : [])));
      expect([...distances.keys()]).toEqual([8, 16, 24]);
      const evaluation = readEvaluation(folder)!;
      const least = Math.min(...distances.values());
      expect(distances.get(evaluation.best.step)).toBe(least);
      expect(new Set(listCheckpoints(folder).map(({ step }) => step))).toEqual(new Set([24, evaluation.best.step]));
      expect(evaluation).toMatchObject({
        bestBy: 'frechetDistance',
        oracle: { heldOut: 'seen', pictures: 24, accuracy: { Bright: { balanced: 1 }, Red: { balanced: 1 } } },
        last: { step: 24, epoch: 6, pictures: 600 },
        best: { epoch: evaluation.best.step / 4, pictures: 600 },
      });
      for (const { values, attributes } of [evaluation.last, evaluation.best]) {
        expect(Object.keys(values)).toEqual(
          expect.arrayContaining(['slicedWasserstein', 'attributeAccuracy', 'relativeAccuracy', 'frechetDistance', 'coverage']),
        );
        expect(Object.keys(attributes)).toEqual(['Bright', 'Red']);
        expect(evaluation.floor.frechetDistance!).toBeLessThan(values.frechetDistance!);
      }
      // Few pictures are the same ones at each evaluation.
      expect(evaluation.last.values.slicedWasserstein).toBe(records.at(-1)!.values.slicedWasserstein);
    }
  });

  it('that was killed while it was measured in the end is measured when it goes on, and trains nothing', async () => {
    const [run] = runsOf();
    const { folder } = run!;
    const [bytes, evaluation] = [trainedBytes(run!), readEvaluation(folder)];
    rmSync(outcomeFile(folder));
    rmSync(evaluationFile(folder));
    const killed = workplace.facet('run', 'sweep.yaml', '--set', 'evaluation.finalPictures=900000');
    await expect.poll(() => readRun(folder).state, { timeout: 60_000 }).toBe('running');
    await expect.poll(() => readFileSync(logFile(folder), 'utf8'), { timeout: 60_000 }).toContain('Continuing after step 24.');
    killed.kill('SIGKILL');
    await killed;
    await expect.poll(() => readRun(folder).state, { timeout: 60_000 }).toBe('interrupted');
    expect(existsSync(evaluationFile(folder))).toBe(false);
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode, all).toBe(0);
    expect(readRun(folder).state).toBe('succeeded');
    expect(readEvaluation(folder)).toEqual(evaluation);
    expect(trainedBytes(run!)).toEqual(bytes);
  });

  it('is measured again by facet evaluate, with the same values, while nobody else works on it', async () => {
    const [first, second] = runsOf();
    const evaluation = readEvaluation(first!.folder)!;
    rmSync(evaluationFile(first!.folder));
    const bytes = trainedBytes(first!);
    const hold = acquireLease(leaseFile(second!.folder));
    if (!hold.acquired) throw new Error('held');
    const { exitCode, stdout, stderr } = await workplace.facet('evaluate', first!.id, `sweep/${second!.id}`);
    releaseLease(leaseFile(second!.folder), hold.lease);
    expect(exitCode, stderr).toBe(3);
    expect(readEvaluation(first!.folder)).toEqual(evaluation);
    expect(trainedBytes(first!)).toEqual(bytes);
    expect(readRun(first!.folder)).toMatchObject({ state: 'succeeded', outcome: first!.outcome });
    expect(existsSync(leaseFile(first!.folder))).toBe(false);
    expect(stdout).toMatch(/^sweep\/seed1-\w+: .* by frechetDistance$/m);
    expect(stdout).toMatch(
      /^Judged on 600 generated pictures by an oracle whose own .* 1\.000.* 24 held-out pictures, which the networks have also/m,
    );
    expect(stdout).toMatch(/^ +last +best +real pictures$/m);
    expect(stderr).toMatch(new RegExp(`^sweep/${second!.id} is not measured: process ${process.pid} on \\S+ has been at work on it since`));
  });

  it('is measured as an experiment file now asks, where facet evaluate is told so', async () => {
    const [, run] = runsOf();
    const text = readFileSync(join(workplace.folder, 'sweep.yaml'), 'utf8');
    writeFileSync(join(workplace.folder, 'other.yaml'), text.replace('finalPictures: 600', 'finalPictures: 64, bestBy: coverage'));
    const other = await workplace.facet('evaluate', run!.id, '--file', 'other.yaml');
    expect(other.exitCode, other.all).toBe(0);
    expect(readEvaluation(run!.folder)).toMatchObject({ bestBy: 'coverage', last: { step: 24, pictures: 64 } });

    rmSync(outcomeFile(run!.folder)); // as if it had been killed since: its own file asks for more pictures
    const again = await workplace.facet('run', 'sweep.yaml');
    expect(again.exitCode, again.all).toBe(0);
    expect(readEvaluation(run!.folder)).toMatchObject({ bestBy: 'frechetDistance', last: { step: 24, pictures: 600 } });

    const missing = await workplace.facet('evaluate', run!.id, '--file', 'none.yaml');
    expect(missing.stderr).toMatch(/^none\.yaml {2}expected an experiment file, got one that /);
    expect(missing.exitCode).toBe(2);
  });

  it('is not lost where the oracle cannot be made; facet evaluate does it later', async () => {
    workplace.env.FACET_CACHE = join(workplace.folder, 'other cache');
    const obstacle = join(workplace.env.FACET_CACHE, 'oracles');
    mkdirSync(workplace.env.FACET_CACHE);
    writeFileSync(obstacle, 'a file in the way');
    writeExperiment('');
    // With a trainer of somebody else facet run makes no oracle before the runs, and refuses none for want of it.
    workplace.env.FACET_TRAINER = join(workplace.folder, 'trainer.mjs');
    writeFileSync(workplace.env.FACET_TRAINER, `import '${join(await ensureBuilt(), 'model/main.js')}';\n`);
    const run = await workplace.facet('run', 'sweep.yaml', '--results', 'alone');
    const [failed] = runsOf(join(workplace.folder, 'alone'));
    expect(failed?.state, run.all).toBe('succeeded');
    expect(failed!.outcome!.note).toMatch(
      /^It was not measured in the end: .*oracles.*\. Measure it later with: npx facet evaluate sweep\//,
    );
    expect(readEvaluations(failed!.folder).records.map(({ values }) => Object.keys(values))).toEqual(
      Array.from({ length: 6 }, () => ['slicedWasserstein']),
    );
    expect(readEvaluation(failed!.folder)).toBeNull();

    renameSync(obstacle, `${obstacle}.aside`);
    const { exitCode, all } = await workplace.facet('evaluate', failed!.id, '--results', 'alone', '--json');
    Object.assign(workplace.env, { FACET_CACHE: join(workplace.folder, 'cache'), FACET_TRAINER: '' });
    expect(exitCode, all).toBe(0);
    expect(readEvaluation(failed!.folder)).toMatchObject({ oracle: { heldOut: 'seen' }, bestBy: 'slicedWasserstein', last: { step: 24 } });
    expect(readRun(failed!.folder)).toMatchObject({ state: 'succeeded' });
    expect(readRun(failed!.folder).outcome).not.toHaveProperty('note');
  });
});

it('successive halving compares runs by the oracle, which judges where they pause', async () => {
  writeExperiment('sweep: {grid: {training.seed: [1, 2, 3]}, halving: {metric: frechetDistance, minEpochs: 1, factor: 3}}');
  const { exitCode, all } = await workplace.facet('run', 'sweep.yaml', '--results', 'halved');
  expect(exitCode, all).toBe(0);
  const { runs, folder } = readExperiment(join(workplace.folder, 'halved'), 'sweep');
  const afterFirst = runs.map((run) => readEvaluations(run.folder).records[0]!.values.frechetDistance!);
  expect(afterFirst.every((value) => value > 0)).toBe(true);
  const winner = runs[afterFirst.indexOf(Math.min(...afterFirst))]!;
  expect(runs.map(({ state }) => state).sort()).toEqual(['stopped-early', 'stopped-early', 'succeeded']);
  expect(winner.state).toBe('succeeded');
  expect(readHalvingDecisions(folder).find(({ decision }) => decision === 'promoted')).toMatchObject({
    run: winner.id,
    value: Math.min(...afterFirst),
  });
  expect(readEvaluation(winner.folder)).toMatchObject({ last: { epoch: 6 } });
});

it('facet evaluate measures a run of the first version, and says of each other run why not', async () => {
  const fixture = resolve(import.meta.dirname, '../fixtures/results/format-1/tiny');
  cpSync(fixture, join(workplace.folder, 'old/tiny'), { recursive: true });
  const { exitCode, stdout, stderr } = await workplace.facet('evaluate', 'seed1', 'seed2', '--results', 'old', '--json');
  expect(exitCode, stderr).toBe(1);
  const [first, second] = JSON.parse(stdout).runs;
  expect(first.evaluation).toEqual(readEvaluation(join(workplace.folder, 'old/tiny/seed1-85e7053eb0bf')));
  expect(first.evaluation).toMatchObject({ oracle: null, bestBy: 'slicedWasserstein', last: { step: 4, epoch: 2 }, best: { step: 4 } });
  expect(second.problem).toMatch(/checkpoints: expected a checkpoint, found none$/);
  expect(stderr).toMatch(/^tiny\/seed2-\w+ is not measured: .* found none$/);
});
