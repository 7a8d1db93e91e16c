// What comparisons say of runs: which count, how they are grouped, means and deviations, and what is not mixed in silence.

import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { comparePoints } from '../../src/results/compare/compare-points.ts';
import { requireField } from '../../src/results/compare/compared-fields.ts';
import { findFinalValues } from '../../src/results/compare/final-values.ts';
import { describeResult } from '../../src/results/compare/read-results.ts';
import type { RunResult } from '../../src/results/compare/run-result.ts';
import { measureSpread } from '../../src/results/compare/spread.ts';
import type { EvaluationFile, EvaluationRecord, MetricsRecord, OutcomeRecord, RunRecord, RunState } from '../../src/results/records.ts';
import { exampleRun } from '../helpers/example-results.ts';

describe('a spread', () => {
  it.each([
    [[], null],
    [[Number.NaN, null, undefined], null],
    [[3], { n: 1, mean: 3, deviation: null }],
    [[1, 3], { n: 2, mean: 2, deviation: Math.sqrt(2) }],
    [[2, 4, 4, 4, 5, 5, 7, 9], { n: 8, mean: 5, deviation: Math.sqrt(32 / 7) }],
    [[1, Number.POSITIVE_INFINITY, 3], { n: 2, mean: 2, deviation: Math.sqrt(2) }],
  ])('of %j is %j', (values, spread) => expect(measureSpread(values)).toEqual(spread));
});

describe('the final values of a run', () => {
  const config = runConfigSchema.parse({ attributes: ['Male'] });
  const line = (step: number, values: Record<string, number>): EvaluationRecord => ({ step, epoch: step / 10, values });
  const lastMetrics = { step: 30, epoch: 3, seconds: 9, imagesPerSecond: 5, lossG: 2 } as MetricsRecord;
  const measured = (step: number, values: Record<string, number>) => ({ step, epoch: step / 10, pictures: 10_000, values, attributes: {} });
  const evaluation: EvaluationFile = {
    format: 1,
    oracle: { identity: 'o', heldOut: 'share', pictures: 50, accuracy: {} },
    bestBy: 'precision',
    floor: {},
    last: measured(30, { precision: 0.5 }),
    best: measured(20, { precision: 0.7 }),
  };

  it('are those of evaluation.json, beside the losses of the last step', () => {
    const evaluations = [line(30, { slicedWasserstein: 1, precision: 0.1 })];
    const values = findFinalValues({ config, lastMetrics, evaluations, evaluation });
    expect(values).toMatchObject({
      last: { lossG: 2, precision: 0.5 },
      best: { step: 20, epoch: 2, values: { precision: 0.7 } },
      bestBy: 'precision',
      judge: { when: 'end', oracle: 'o', pictures: 10_000 },
    });
    expect(values.last.slicedWasserstein).toBeUndefined();
  });

  it('are those of the lines where there is no such file, or where it is older than they are', () => {
    const evaluations = [10, 20, 30, 40].map((step) => line(step, { slicedWasserstein: Math.abs(step - 25) }));
    for (const older of [null, evaluation]) {
      expect(findFinalValues({ config, lastMetrics, evaluations, evaluation: older })).toMatchObject({
        last: { lossG: 2, slicedWasserstein: 15 },
        best: { step: 30, values: { slicedWasserstein: 5 } }, // as good as that at 20, and later
        bestBy: 'slicedWasserstein',
        judge: { when: 'training', oracle: null, pictures: null },
        evaluation: null,
      });
    }
  });

  it('take of each metric the newest value, where some are measured more seldom', () => {
    const evaluations = [line(10, { slicedWasserstein: 1, frechetDistance: 50 }), line(20, { slicedWasserstein: 2 })];
    const { last, best, bestBy } = findFinalValues({ config, lastMetrics: null, evaluations, evaluation: null });
    expect(last).toEqual({ slicedWasserstein: 2, frechetDistance: 50 });
    expect({ bestBy, step: best?.step }).toEqual({ bestBy: 'frechetDistance', step: 10 });
  });

  it('are none for a run that nobody has evaluated', () => {
    expect(findFinalValues({ config, lastMetrics: null, evaluations: [], evaluation: null })).toMatchObject({
      last: {},
      best: null,
      judge: { when: 'never' },
    });
  });
});

interface Made {
  attributes?: string[];
  seed?: number;
  state?: RunState;
  current?: boolean;
  data?: string;
  width?: number;
  experiment?: string;
  /** The distance that its evaluation has. */
  distance?: number | null;
  oracle?: string | null;
  pictures?: number;
  /** An attribute that the oracle does not tell well. */
  weak?: string;
}

const UNRELIABLE = { balanced: 0.5, relative: 0.7, reliable: false, reason: 'the oracle itself reaches 0.71 on held-out pictures' };

let made = 0;

function makeRun(options: Made): RunResult {
  const { attributes = ['Male'], seed = 1, state = 'succeeded', current = true, experiment = 'sweep' } = options;
  const { data = 'data-1', width = 64, distance = 1, oracle = 'oracle-1', pictures = 10_000, weak } = options;
  const axes = { attributes: String(attributes.length), 'training.seed': String(seed) };
  const id = `run-${made++}`;
  const example = exampleRun({ id, experiment, axes, attributes, seed });
  const config = { ...example.config, model: { ...example.config.model, width } };
  const record: RunRecord = { ...example, config, dataIdentity: data };
  const outcome = { status: 'succeeded', message: '', steps: 1, epochs: 1, seconds: 60, imagesPerSecond: 100 } as OutcomeRecord;
  const measured = {
    step: 8,
    epoch: 8,
    pictures,
    values: { frechetDistance: distance ?? 0 },
    attributes: weak ? { [weak]: UNRELIABLE } : {},
  };
  const evaluation: EvaluationFile = {
    format: 1,
    oracle:
      oracle === null
        ? null
        : { identity: oracle, heldOut: 'other seed', pictures: 4, accuracy: { Male: { balanced: 0.9, on: 2, off: 2 } } },
    bestBy: 'frechetDistance',
    floor: { frechetDistance: 0.5 },
    last: measured,
    best: measured,
  };
  const values = findFinalValues({ config, lastMetrics: null, evaluations: [], evaluation: distance === null ? null : evaluation });
  const run = { id, folder: '', axes, record, outcome: state === 'succeeded' ? outcome : null, state, current, problems: [] };
  return describeResult(experiment, run, { lastMetrics: null, values });
}

const two = ['Male', 'Young'];

describe('a comparison', () => {
  it('names the attributes that count in no mean', () => {
    expect(comparePoints([makeRun({ weak: 'Young' }), makeRun({ seed: 2, weak: 'Bald' }), makeRun({ seed: 3 })]).notes).toEqual([
      'In no mean: Bald, Young. The oracle itself tells them badly, or there are too few pictures of them.',
    ]);
  });

  it('has a row a point with mean and deviation over its seeds, and marks the best', () => {
    const runs = [...[1, 2, 3].map((seed) => makeRun({ seed, distance: seed })), makeRun({ attributes: two, distance: 5 })];
    const { rows, fields, averagedOver, judges, notes, leftOut, metrics } = comparePoints(runs);
    expect({ fields, averagedOver, notes, leftOut }).toEqual({
      fields: ['attributes'],
      averagedOver: ['training.seed'],
      notes: [],
      leftOut: [],
    });
    expect(metrics.map(({ name }) => name)).toEqual(['frechetDistance']);
    expect(rows.map(({ values, last, seconds }) => ({ values, last, seconds }))).toEqual([
      {
        values: { attributes: '1' },
        last: { frechetDistance: { n: 3, mean: 2, deviation: 1 } },
        seconds: { n: 3, mean: 60, deviation: 0 },
      },
      {
        values: { attributes: '2' },
        last: { frechetDistance: { n: 1, mean: 5, deviation: null } },
        seconds: { n: 1, mean: 60, deviation: null },
      },
    ]);
    expect(rows[0]!.runs.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(judges).toEqual([
      expect.objectContaining({
        oracle: 'oracle-1',
        floor: { frechetDistance: 0.5 },
        accuracy: { mean: 0.9, worst: { label: 'Male', balanced: 0.9 }, pictures: 4 },
      }),
    ]);
  });

  it.each<[string, Made]>([
    ['running', { state: 'running' }],
    ['waiting', { state: 'queued' }],
    ['diverged', { state: 'diverged' }],
    ['stopped early', { state: 'stopped-early' }],
    ['no longer asked for', { current: false }],
    ['another data set', { data: 'data-0' }],
    ['not evaluated', { distance: null }],
    ['judged by another oracle', { oracle: 'oracle-2' }],
    ['judged without an oracle', { oracle: null }],
    ['judged by 500 pictures, not 10,000', { pictures: 500 }],
  ])('leaves a run out that is "%s", and says so', (reason, options) => {
    const other = makeRun({ seed: 3, distance: 100, ...options });
    const { rows, leftOut, judges } = comparePoints([other, makeRun({ seed: 1, distance: 1 }), makeRun({ seed: 2, distance: 3 })]);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.last.frechetDistance).toMatchObject({ n: 2, mean: 2 });
    expect(judges).toHaveLength(1);
    expect(leftOut).toEqual([{ experiment: 'sweep', run: other.id, reason }]);
    expect(rows[0]!.leftOut).toEqual(leftOut);
  });

  it('counts the same work in two experiments once', () => {
    const { rows, leftOut } = comparePoints([makeRun({ experiment: 'a' }), makeRun({ experiment: 'b' })]);
    expect(rows.map(({ runs }) => runs.length)).toEqual([1]);
    expect(leftOut).toMatchObject([{ experiment: 'b', reason: 'the same work as another run' }]);
  });

  it('marks nothing where the rows were judged in different ways, and says so', () => {
    const { rows, judges, notes } = comparePoints([makeRun({ oracle: 'x' }), makeRun({ attributes: two, oracle: 'y' })]);
    expect(rows.flatMap(({ isBest }) => [...isBest.last, ...isBest.best])).toEqual([]);
    expect(rows.map(({ judge }) => judges[judge]!.oracle)).toEqual(['x', 'y']);
    expect(notes).toEqual([expect.stringContaining('judged in 2 ways')]);
  });

  it('groups by one field, and names the others that it averages over', () => {
    const runs = [
      makeRun({ width: 32, distance: 1 }),
      makeRun({ width: 32, distance: 3, attributes: two, seed: 2 }),
      makeRun({ width: 64, distance: 9 }),
    ];
    const { rows, by, fields, averagedOver, notes } = comparePoints(runs, requireField('width', runs));
    expect({ by, fields, averagedOver }).toEqual({
      by: 'model.width',
      fields: ['model.width'],
      averagedOver: ['attributes', 'training.seed'],
    });
    expect(rows.map(({ values, last }) => [values['model.width'], last.frechetDistance!.mean])).toEqual([
      ['32', 2],
      ['64', 9],
    ]);
    expect(notes).toEqual(['Averaged over training.seed, attributes.']);
  });

  it('names an option that was varied, and not what that option decides', () => {
    const withPreset = (preset: 'article' | 'modern', options: Made): RunResult => {
      const run = makeRun(options);
      const model = { ...run.work!.config.model, preset, spectralNorm: preset === 'modern' };
      const work = { ...run.work!, config: { ...run.work!.config, model }, point: `${run.work!.point} ${preset}` };
      return { ...run, axes: { ...run.axes, 'model.preset': preset }, work };
    };
    const runs = [withPreset('article', {}), withPreset('modern', {}), withPreset('modern', { attributes: two })];
    const { averagedOver, notes } = comparePoints(runs, 'attributes');
    expect(averagedOver).toEqual(['model.preset', 'model.spectralNorm']);
    expect(notes).toEqual(['Averaged over model.preset.']);
    expect(comparePoints(runs).rows.map(({ values }) => values)).toEqual([
      { attributes: '1', 'model.preset': 'article' },
      { attributes: '1', 'model.preset': 'modern' },
      { attributes: '2', 'model.preset': 'modern' },
    ]);
  });

  it('tells the points of several experiments apart by as few fields as do', () => {
    const runs = [makeRun({ experiment: 'a', width: 32 }), makeRun({ experiment: 'b', width: 64 })];
    expect(comparePoints(runs).rows.map(({ values }) => values)).toEqual([{ experiment: 'a' }, { experiment: 'b' }]);
    const inOne = [makeRun({ width: 32 }), makeRun({ width: 64 })];
    expect(comparePoints(inOne).rows.map(({ values }) => values)).toEqual([{ 'model.width': '32' }, { 'model.width': '64' }]);
    expect(comparePoints([makeRun({})]).rows.map(({ values }) => values)).toEqual([{ experiment: 'sweep' }]);
  });

  it('of runs with nothing but losses has these', () => {
    const { rows, judges } = comparePoints([makeRun({ distance: null })]);
    expect(rows).toHaveLength(1);
    expect(judges[0]!.when).toBe('never');
  });

  it('of nothing that came to its end has no row', () => {
    expect(comparePoints([makeRun({ state: 'running' })])).toMatchObject({ rows: [], judges: [], metrics: [] });
    expect(comparePoints([])).toMatchObject({ rows: [], leftOut: [] });
  });
});
