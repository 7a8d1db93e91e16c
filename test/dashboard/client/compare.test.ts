// Finding runs by words and conditions, and what tells chosen runs apart.

import { describe, expect, it } from 'vitest';
import { findDifferences } from '../../../src/dashboard/client/compare/differences.ts';
import { allFields, type RunFacts } from '../../../src/dashboard/client/compare/fields.ts';
import { conditionOn, parseFilter, replaceCondition } from '../../../src/dashboard/client/compare/filter.ts';
import { parallelAxes } from '../../../src/dashboard/client/compare/parallel-scale.ts';
import type { RunData } from '../../../src/dashboard/data/api.ts';
import { METRICS } from '../../../src/experiment/metrics.ts';
import type { RunState } from '../../../src/results/records.ts';
import { wordOf } from '../../../src/results/states.ts';

interface Example {
  set: string;
  seed: number;
  rate: number;
  state?: RunState;
  last?: Record<string, number | null>;
  tags?: string[];
  text?: string;
  oracle?: string;
}

function run({ set, seed, rate, state = 'succeeded', last = {}, tags = [], text = '', oracle = 'a' }: Example): RunData {
  return {
    id: `${set}-${seed}-${rate}`,
    label: `${set} · seed ${seed}`,
    url: '',
    axes: { attributes: set, 'training.seed': String(seed) },
    attributes: set === 'two' ? ['Male', 'Young'] : ['Bald'],
    state,
    stateWords: wordOf(state),
    message: state === 'diverged' ? 'lossG became NaN' : null,
    note: null,
    written: { text, tags },
    current: true,
    step: 10 * seed,
    steps: 100,
    epoch: seed,
    epochs: 5,
    stepsPerEpoch: 20,
    seconds: 1,
    secondsLeft: null,
    imagesPerSecond: null,
    last,
    best: null,
    judge: { when: 'end', oracle, pictures: 100 },
    real: {},
    evaluations: {},
    problems: [],
  };
}

function factsOf(examples: Example[]): RunFacts {
  const runs = examples.map(run);
  return {
    axes: ['attributes', 'training.seed'],
    metrics: METRICS.filter(({ name }) => ['lossD', 'frechetDistance', 'relativeAccuracy'].includes(name)),
    parameters: {
      fields: ['attributes', 'training.seed', 'training.learningRate'],
      values: Object.fromEntries(examples.map(({ set, seed, rate }, i) => [runs[i]!.id, [set, seed, rate]])),
      common: {},
    },
    runs,
  };
}

const FACTS = factsOf([
  { set: 'two', seed: 1, rate: 0.0002, last: { frechetDistance: 30, relativeAccuracy: 0.9, lossD: 1 }, tags: ['good', 'for-paper'] },
  { set: 'two', seed: 2, rate: 0.001, last: { frechetDistance: 50, relativeAccuracy: 0.8, lossD: 2 }, text: 'grey at the edges' },
  { set: 'one', seed: 1, rate: 0.0002, state: 'diverged', last: { frechetDistance: null, lossD: null } },
  { set: 'one', seed: 10, rate: 0.01, state: 'stopped-early', last: { frechetDistance: 40, relativeAccuracy: 0.9, lossD: 1 } },
]);
const found = (text: string): string => {
  const { matches, problem } = parseFilter(text, allFields(FACTS));
  expect(problem).toBeNull();
  return FACTS.runs.map((each, i) => (matches(each) ? String(i) : '')).join('');
};

describe('the filter of runs', () => {
  it.each([
    ['', '0123'],
    ['two', '01'],
    ['"seed 1"', '023'],
    ['NaN', '2'],
    ['grey edges', '1'],
    ['Bald -diverged', '3'],
    ['seed=1', '02'],
    ['training.seed=1,10', '023'],
    ['seed!=1', '13'],
    ['learningRate<=0.001', '012'],
    ['LEARNINGRATE=2e-4', '02'],
    ['learningRate=0.0005..0.02', '13'],
    ['learningRate=..0.0005', '02'],
    ['Frechet<45', '03'],
    ['frechetDistance>=40', '13'],
    ['rel.accuracy=0.9', '03'],
    ['state=failed', '2'],
    ['state=stopped-early', '3'],
    ['state="stopped early",diverged', '23'],
    ['tag=good', '0'],
    ['-tag=good seed=1', '2'],
    ['#for-paper', '0'],
    ['note="at the edges"', '1'],
    ['attributes=two seed>1', '1'],
    ['count=1', '23'],
    ['seed=', '0123'],
    ['-', '0123'],
    ['constructor', ''],
  ])('%s finds runs %s', (text, wanted) => {
    expect(found(text)).toBe(wanted);
  });

  it.each([
    ['sede=1', '“sede” is no parameter, metric or fact of these runs; did you mean seed?'],
    ['seed<abc', 'seed<: expected a number, got “abc”'],
    ['qwertz=1', '“qwertz” is no parameter, metric or fact of these runs; there are attributes, seed, learningRate'],
  ])('says what is wrong with %s', (text, problem) => {
    expect(parseFilter(`two ${text}`, allFields(FACTS)).problem).toContain(problem);
  });

  it('holds one range of an axis, in place of the one before, and gives it back', () => {
    const once = replaceCondition('two "a b"', 'seed', '1..2');
    expect(once).toBe('two "a b" seed=1..2');
    expect(conditionOn(once, 'seed')).toBe('1..2');
    expect(replaceCondition(once, 'seed', '3..4')).toBe('two "a b" seed=3..4');
    expect(replaceCondition(once, 'seed', null)).toBe('two "a b"');
  });
});

describe('runs side by side', () => {
  const rowOf = (rows: { label: string; cells: { text: string; isBest: boolean }[] }[]) =>
    Object.fromEntries(rows.map(({ label, cells }) => [label, cells.map(({ text, isBest }) => (isBest ? `*${text}` : text)).join(' ')]));

  it('have only the parameters that differ, and the best of each metric marked in its direction', () => {
    const { parameters, metrics, best, notes } = findDifferences(FACTS, [FACTS.runs[0]!, FACTS.runs[1]!], FACTS.metrics);
    expect(rowOf(parameters)).toEqual({ seed: '1 2', learningRate: '0.0002 0.001' });
    expect(rowOf(metrics)).toEqual({ 'Loss D': '1.000 2.000', Frechet: '*30.000 50.000', 'Rel. accuracy': '*0.900 0.800' });
    expect(best).toEqual([]);
    expect(notes).toEqual(['They have not done the same number of steps.']);
  });

  it('mark every run that shares the best value, none where all are the same, and leave out what nobody has', () => {
    const { metrics } = findDifferences(FACTS, [FACTS.runs[0]!, FACTS.runs[1]!, FACTS.runs[3]!], FACTS.metrics);
    expect(rowOf(metrics)['Rel. accuracy']).toBe('*0.900 0.800 *0.900');
    expect(rowOf(findDifferences(FACTS, [FACTS.runs[0]!, FACTS.runs[3]!], FACTS.metrics).metrics)['Rel. accuracy']).toBe('0.900 0.900');
    expect(findDifferences(FACTS, [FACTS.runs[2]!, FACTS.runs[2]!], FACTS.metrics).metrics).toEqual([]);
  });

  it('mark no evaluation as the best where different judges were at work', () => {
    const mixed = factsOf([
      { set: 'two', seed: 1, rate: 1, last: { frechetDistance: 30 } },
      { set: 'two', seed: 2, rate: 1, last: { frechetDistance: 20 }, oracle: 'b' },
    ]);
    const { metrics, notes } = findDifferences(mixed, mixed.runs, mixed.metrics);
    expect(rowOf(metrics)).toEqual({ Frechet: '30.000 20.000' });
    expect(notes[0]).toContain('judged in different ways');
  });
});

describe('the axes of parallel coordinates', () => {
  it('are what differs: words evenly in their order, wide ranges by ratio, what is missing nowhere', () => {
    const axes = parallelAxes(FACTS);
    expect(axes.map(({ key }) => key)).toEqual(['attributes', 'seed', 'learningRate', 'rel.accuracy', 'Frechet']);
    const positions = axes.map(({ positionOf }) => FACTS.runs.map(positionOf));
    expect(positions[0]).toEqual([0, 0, 1, 1]);
    expect(positions[1]![1]).toBeCloseTo(1 / 9);
    expect(positions[4]).toEqual([0, 1, null, 0.5]);
  });

  it('give a condition that finds what lies in the range, its ends included, and find their place again', () => {
    const axis = parallelAxes(FACTS)[4]!;
    const condition = axis.conditionBetween(0.4, 1)!;
    expect(found(`${axis.key}=${condition}`)).toBe('13');
    expect(axis.placeOf(condition)).toEqual([expect.closeTo(0.4), 1]);
    const many = factsOf([1.23456, 45.2432].map((frechetDistance) => ({ set: 'two', seed: 1, rate: 0.1, last: { frechetDistance } })));
    const frechet = parallelAxes(many).at(-1)!;
    expect(frechet.conditionBetween(0, 1)).toBe('1.234..45.25');
    const [words, , rates] = parallelAxes(FACTS);
    expect([words!.conditionBetween(0.5, 1), words!.placeOf('one'), words!.placeOf('three')]).toEqual(['one', [1, 1], null]);
    expect(rates!.placeOf('0.0002,0.01')).toEqual([0, 1]);
  });

  it('stop the keyboard at each value, or in twenty parts where there are many', () => {
    const [words, seeds, , , frechet] = parallelAxes(FACTS);
    expect([words!.stops, frechet!.stops]).toEqual([
      [0, 1],
      [0, 0.5, 1],
    ]);
    expect(seeds!.stops.map(seeds!.textAt)).toEqual(['1', '2', '10']);
    const many = factsOf(Array.from({ length: 40 }, (_, i) => ({ set: 'two', seed: i, rate: 0.1, last: { frechetDistance: i * 1.7 } })));
    expect(parallelAxes(many)[0]!.stops).toHaveLength(21);
  });
});
