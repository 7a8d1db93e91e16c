// The routes that give data: runs, series, bands and grids of an experiment.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BandsReply, ExperimentData, GridsReply, SeriesReply } from '../../src/dashboard/data/api.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun, writeExampleResults } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;

/** Three runs of two learning rates; losses that can be computed in the head. */
const RUNS: [id: string, learningRate: number, offset: number][] = [
  ['slow-1', 0.0001, 0],
  ['slow-2', 0.0001, 4],
  ['fast-1', 0.0002, 10],
];
const STEPS = 1000;

beforeAll(async () => {
  dashboard = createTestDashboard();
  ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 4, stepsPerEpoch: 5, rows: 1, imageSize: 32, hasOracle: true });
  const experiment = join(dashboard.resultsRoot, 'rates');
  const runs = RUNS.map(([id, rate]) => ({ id, axes: { 'training.learningRate': String(rate) } }));
  mkdirSync(experiment);
  writeFileSync(join(experiment, 'experiment.json'), JSON.stringify({ format: 1, name: 'rates', description: null, file: 'x', runs }));
  for (const [i, [id, learningRate, offset]] of RUNS.entries()) {
    const folder = join(experiment, id);
    mkdirSync(folder);
    const record = exampleRun({ id, experiment: 'rates', axes: runs[i]!.axes, attributes: ['Male'] });
    record.config.training.learningRate = learningRate;
    writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
    const lines = Array.from({ length: STEPS }, (_, at) => {
      const lossG = at + 1 === 777 && id === 'slow-1' ? 500 : offset;
      return `${JSON.stringify({ step: at + 1, epoch: 1, seconds: at + 1, imagesPerSecond: 1, lossG, lossD: 1, dReal: 0.5, dFake: 0.5 })}\n`;
    });
    writeFileSync(join(folder, 'metrics.jsonl'), lines.join(''));
  }
});

afterAll(() => dashboard.remove());

async function ask<T>(path: string): Promise<T> {
  const response = await dashboard.get(`/api/experiments/${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return response.json() as Promise<T>;
}

describe('the runs of an experiment', () => {
  it('come with their state, their values and what they were set to', async () => {
    const reply = await ask<ExperimentData>('attr-sweep/runs');
    expect(reply.order).toHaveLength(9);
    expect(reply.axes).toEqual(['attributes', 'training.seed']);
    expect(reply.metrics.find(({ name }) => name === 'slicedWasserstein')).toMatchObject({ better: 'min', when: 'evaluation' });
    const run = reply.runs.find(({ id }) => id === ids['two 1'])!;
    expect(run).toMatchObject({ state: 'succeeded', step: 20, steps: 20, epochs: 4, url: `experiments/attr-sweep/runs/${ids['two 1']}` });
    expect(run.best!.values[run.best!.by]).toEqual(expect.any(Number));
    expect(reply.sweep).toMatchObject({ runs: 9, done: 3 });
    expect(reply.reading).toEqual({ done: 9, of: 9 });
  });

  it('say once what is the same for all, and for each only what differs', async () => {
    const { parameters } = await ask<ExperimentData>('rates/runs');
    expect(parameters!.fields).toEqual(['training.learningRate']);
    expect(parameters!.values).toEqual({ 'slow-1': [0.0001], 'slow-2': [0.0001], 'fast-1': [0.0002] });
    expect(parameters!.common['training.seed']).toEqual(expect.any(Number));
  });

  it('come again only where they changed', async () => {
    const { cursor } = await ask<ExperimentData>('rates/runs');
    const reply = await ask<ExperimentData>(`rates/runs?since=${cursor}`);
    expect([reply.order, reply.parameters, reply.runs]).toEqual([undefined, undefined, []]);
    expect((await ask<ExperimentData>('rates/runs?since=0123.7')).runs).toHaveLength(3);
  });
});

describe('the series of a metric', () => {
  it('have no more buckets than were asked for, and no spike is lost', async () => {
    const { runs } = await ask<SeriesReply>('rates/series?metric=lossG&points=50');
    expect(runs.map(({ id }) => id)).toEqual(['slow-1', 'slow-2', 'fast-1']);
    const { bucketSteps, curves, lastStep, seconds } = runs[0]!;
    expect(lastStep).toBe(STEPS);
    const buckets = Math.ceil(STEPS / bucketSteps);
    expect(buckets).toBeLessThanOrEqual(50);
    expect(curves.lossG!.means).toHaveLength(buckets);
    expect(seconds).toHaveLength(buckets);
    expect(seconds.at(-1)).toBe(STEPS);
    const spike = curves.lossG!.points.indexOf(500);
    expect(curves.lossG!.points[spike - 1]).toBe(777);
  });

  it('of one run and a range hold that range', async () => {
    const { runs } = await ask<SeriesReply>('rates/series?metric=lossG&metric=lossD&run=fast-1&from=301&to=400&points=4000');
    expect(runs).toHaveLength(1);
    const steps = runs[0]!.curves.lossG!.points.filter((_, i) => i % 2 === 0) as number[];
    expect(Object.keys(runs[0]!.curves)).toEqual(['lossG', 'lossD']);
    expect(Math.min(...steps)).toBeGreaterThan(301 - runs[0]!.bucketSteps);
    expect(Math.max(...steps)).toBeLessThan(400 + runs[0]!.bucketSteps);
  });

  it('go down to single steps, read from the file where what is kept is too coarse', async () => {
    const { runs } = await ask<SeriesReply>('rates/series?metric=lossG&run=slow-1&from=770&to=780&points=50');
    expect(runs[0]).toMatchObject({ bucketSteps: 1, firstStep: 770, lastStep: STEPS });
    const expected = Array.from({ length: 11 }, (_, i) => [770 + i, 770 + i === 777 ? 500 : 0]);
    expect(runs[0]!.curves.lossG).toEqual({ points: expected.flat() });
    expect(runs[0]!.seconds).toEqual(expected.map(([step]) => step));
  });

  it.each(['from=-1', 'to=x', 'points=0', 'points=1e9', 'from=900&to=100', 'metric=nothing', 'metric=__proto__', 'run=..%2f..'])(
    'do not mind %s',
    async (query) => {
      await ask<SeriesReply>(`rates/series?metric=lossG&${query}`);
      await ask<BandsReply>(`rates/bands?metric=lossG&${query}&by=__proto__`);
      expect(dashboard.errors).toEqual([]);
    },
  );
});

describe('the bands of groups', () => {
  it('are mean, deviation and range over all members', async () => {
    const { groups } = await ask<BandsReply>('rates/bands?metric=lossG&by=training.learningRate&points=10');
    expect(groups.map(({ value, runs }) => [value, runs])).toEqual([
      ['0.0001', ['slow-1', 'slow-2']],
      ['0.0002', ['fast-1']],
    ]);
    const band = groups[0]!.bands.lossG!;
    expect(band.steps.at(-1)).toBe(STEPS);
    expect([band.count[0], band.mean[0], band.deviation[0], band.min[0], band.max[0]]).toEqual([2, 2, 2.8284, 0, 4]);
    expect(band.max.filter((max) => max === 500)).toHaveLength(1);
    expect(groups[1]!.bands.lossG!.deviation[0]).toBeNull();
  });

  it('of evaluations have the steps that were evaluated', async () => {
    const { groups } = await ask<BandsReply>('attr-sweep/bands?metric=slicedWasserstein');
    expect(groups.map(({ label }) => label)).toEqual(['2 attributes', '5 attributes', '10 attributes']);
    expect(groups[0]!.bands.slicedWasserstein).toMatchObject({ steps: [5, 10, 15, 20], count: [3, 3, 3, 2] });
  });
});

it('lists the grids of every run, with what their columns ask for', async () => {
  const { runs } = await ask<GridsReply>('attr-sweep/grids');
  expect(runs).toHaveLength(9);
  const { grid, samples } = runs.find(({ id }) => id === ids['two 1'])!;
  expect(samples.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4]);
  expect(grid).toMatchObject({ imageSize: 32, rows: 1 });
  expect(Object.values(grid!.columns[0]!.asks).every((bit) => bit === 0 || bit === 1)).toBe(true);
  expect((await ask<GridsReply>(`attr-sweep/grids?run=${ids['ten 3']}`)).runs).toEqual([{ id: ids['ten 3'], grid: null, samples: [] }]);
});
