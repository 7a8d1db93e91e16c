// Successive halving with the real trainer: a run that was promoted twice has the bytes of one that never paused.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { type Run, readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeAll(() => {
  workplace = createWorkplace();
  workplace.env.FACET_TRAINER = '';
  workplace.env.FACET_BACKEND = 'tensorflow';
});
afterAll(() => workplace.remove());

const weightsOf = ({ folder }: Run) => {
  const newest = readdirSync(join(folder, 'checkpoints'))
    .sort()
    .filter((name) => /^\d+\.safetensors$/.test(name))
    .at(-1)!;
  return readSafetensors(join(folder, 'checkpoints', newest)).tensors;
};
const lossesOf = ({ folder }: Run) =>
  readMetrics(metricsFile(folder)).records.map(({ step, epoch, lossD, lossG }) => ({ step, epoch, lossD, lossG }));

it('compares real evaluations, and changes nothing about the run that wins', async () => {
  const model = 'model: {width: 16}\nsamples: {every: 4, rows: 2}\nexecution: {parallel: 1}';
  const seeds = 'grid: {training.seed: [1, 2, 3]}';
  workplace.writeText(`${model}\nsweep: {${seeds}, halving: {metric: slicedWasserstein, minEpochs: 1, factor: 2}}`);
  const sweep = await workplace.facet('run', 'sweep.yaml', '--set', 'dataset.images=40');
  expect(sweep.exitCode, sweep.all).toBe(0);
  const halved = readExperiment(workplace.results, 'sweep').runs;
  expect(halved.map(({ state }) => state).sort()).toEqual(['stopped-early', 'stopped-early', 'succeeded']);
  const winner = halved.find(({ state }) => state === 'succeeded')!;
  expect(readEvaluations(winner.folder).records.map(({ epoch }) => epoch)).toEqual([1, 2, 4]);
  expect(halved.flatMap(({ problems }) => problems)).toEqual([]);

  workplace.writeText(`${model}\nsweep: {grid: {training.seed: [${winner.axes['training.seed']}]}}`);
  await workplace.facet('run', 'sweep.yaml', '--set', 'dataset.images=40', '--results', 'undisturbed');
  const whole = readExperiment(join(workplace.folder, 'undisturbed'), 'sweep').runs;
  const same = whole.find(({ id }) => id === winner.id)!;
  expect(same.state).toBe('succeeded');
  expect(lossesOf(winner)).toEqual(lossesOf(same));
  expect(weightsOf(winner)).toEqual(weightsOf(same));
}, 240_000);
