import { describe, expect, it } from 'vitest';
import { fullRange, innerRange } from '../../../src/dashboard/client/curves/curves.ts';
import { commonPosition, lineOfGroup, lineOfRun } from '../../../src/dashboard/client/curves/lines.ts';
import type { RunSeriesData } from '../../../src/dashboard/data/api.ts';
import { dropCommonParts } from '../../../src/dashboard/labels.ts';
import type { RunView } from '../../../src/dashboard/wire.ts';

const viewOf = (id: string, more: Partial<RunView> = {}): RunView => ({
  id,
  label: id,
  axes: {},
  attributes: ['Male'],
  state: 'running',
  stateWords: 'running',
  current: true,
  step: 0,
  epochs: 8,
  stepsPerEpoch: 10,
  samples: [],
  evaluations: {},
  grid: null,
  url: '',
  ...more,
});

/** A run of `steps` steps, each of which took `seconds`. */
function runOf(
  id: string,
  { steps, seconds = 1, ...more }: { steps: number; seconds?: number } & Partial<RunView>,
): { view: RunView; series: RunSeriesData } {
  const numbers = Array.from({ length: steps }, (_, i) => i + 1);
  const points = numbers.flatMap((step) => [step, step / 10]);
  return {
    view: viewOf(id, { step: steps, ...more }),
    series: {
      id,
      firstStep: 1,
      bucketSteps: 1,
      lastStep: steps,
      seconds: numbers.map((step) => step * seconds),
      curves: { lossG: { points } },
    },
  };
}

const style = { color: '#000000', dash: [] };
const options = { x: 'step' as const, smoothingSteps: 0, runs: [] };
const draw = ({ view, series }: ReturnType<typeof runOf>, more: Partial<Parameters<typeof lineOfRun>[2]> = {}) =>
  lineOfRun(view, { series, whole: series, style }, { ...options, ...more });

describe('the line of a run', () => {
  it('has its steps, epochs or minutes on the x axis', () => {
    const run = runOf('a', { steps: 20, seconds: 30 });
    const lastX = (x: 'step' | 'epoch' | 'minutes'): number => draw(run, { x }).points.lossG!.at(-1)!.x;
    expect([lastX('step'), lastX('epoch'), lastX('minutes')]).toEqual([20, 2, 10]);
  });

  it('takes the length of an epoch from another run while it is in its first', () => {
    const young = runOf('young', { steps: 5, stepsPerEpoch: null });
    const runs = [young.view, runOf('old', { steps: 40, stepsPerEpoch: 20 }).view];
    expect(draw(young, { x: 'epoch', runs }).points.lossG!.at(-1)!.x).toBe(0.25);
  });

  it('has the evaluations beside the steps, with a gap for one that was no number', () => {
    const run = runOf('a', {
      steps: 20,
      evaluations: {
        distance: [
          [10, 0.5],
          [20, null],
        ],
      },
    });
    expect(draw(run, { x: 'epoch' }).points.distance).toMatchObject([
      { x: 1, y: 0.5, step: 10 },
      { x: 2, y: Number.NaN, step: 20 },
    ]);
  });

  it('is marked at its end where the run failed, and only there', () => {
    const isBad = (state: RunView['state']): boolean => draw(runOf('a', { steps: 2, state })).isBad;
    expect([isBad('diverged'), isBad('stalled')]).toEqual([true, true]);
    expect([isBad('succeeded'), isBad('stopped-early'), isBad('cancelled'), isBad('interrupted')]).toEqual([false, false, false, false]);
  });
});

describe('the line of a group', () => {
  it('is the mean of its members, with how many there are and how far they lie apart; only losses are smoothed', () => {
    const band = { steps: [10, 20], count: [2, 1], mean: [1, 3], deviation: [0.5, null], min: [0.5, 3], max: [1.5, 3] };
    const bands = { value: 'two', label: 'two', runs: ['a', 'b'], bands: { lossG: band, distance: band } };
    const group = { key: 'two', label: 'two', members: [viewOf('a'), viewOf('b')] };
    const line = lineOfGroup(group, { bands, style, evaluated: new Set(['distance']) }, { ...options, smoothingSteps: 100 });
    expect(line.points.distance).toMatchObject([
      { x: 10, value: 1, spread: { count: 2, deviation: 0.5, min: 0.5, max: 1.5 } },
      { x: 20, value: 3, spread: { count: 1, deviation: null } },
    ]);
    expect(line.points.lossG![1]).toMatchObject({ raw: 3 });
    expect(line.points.lossG![1]!.value).toBeLessThan(3);
  });
});

const views = (...runs: ReturnType<typeof runOf>[]): RunView[] => runs.map(({ view }) => view);
const wholeOf = (): null => null;

describe('the mark of the epoch that the grids show', () => {
  it('stands where the epoch ends in all runs', () => {
    const runs = views(runOf('a', { steps: 30 }), runOf('b', { steps: 80 }));
    expect(commonPosition(runs, { x: 'step', epoch: 3, wholeOf })).toBe(30);
    expect(commonPosition(runs, { x: 'epoch', epoch: 3, wholeOf })).toBe(3);
  });

  it('is missing where runs disagree on its place, or no run knows it', () => {
    const runs = views(runOf('a', { steps: 30 }), runOf('b', { steps: 80, stepsPerEpoch: 20 }));
    expect(commonPosition(runs, { x: 'step', epoch: 3, wholeOf })).toBeNull();
    expect(commonPosition(runs, { x: 'epoch', epoch: 3, wholeOf })).toBe(3);
    expect(commonPosition(views(runOf('a', { steps: 3, stepsPerEpoch: null })), { x: 'step', epoch: 1, wholeOf })).toBeNull();
    expect(commonPosition([], { x: 'epoch', epoch: 1, wholeOf })).toBeNull();
  });

  it('does not care for runs that have not begun', () => {
    const runs = views(runOf('a', { steps: 30 }), runOf('later', { steps: 0, stepsPerEpoch: null }));
    expect(commonPosition(runs, { x: 'step', epoch: 2, wholeOf })).toBe(20);
  });
});

describe('the range of a chart without its spikes', () => {
  it('leaves out the highest and the lowest percent', () => {
    const values = [...Array.from({ length: 998 }, (_, i) => 1 + i / 998), 1000, -1000];
    const { min, max } = innerRange(values)!;
    expect(max!).toBeGreaterThan(1.9);
    expect(max!).toBeLessThan(2.2);
    expect(min!).toBeGreaterThan(0.8);
  });

  it('does not reach below zero where no value does, and shows values that are all the same', () => {
    expect(innerRange(Array.from({ length: 100 }, (_, i) => i / 1000))!.min).toBe(0);
    const { min, max } = innerRange(new Array(100).fill(5))!;
    expect([min! < 5, max! > 5]).toEqual([true, true]);
  });

  it('is none where there are few values, and does not count what is not finite', () => {
    expect(innerRange(new Array(19).fill(1))).toBeNull();
    expect(innerRange([...new Array(15).fill(1), ...new Array(100).fill(Number.NaN), Infinity])).toBeNull();
    expect(fullRange([2, Number.NaN, 4])).toEqual({ min: 1.84, max: 4.16 });
    expect(fullRange([Number.NaN])).toBeNull();
  });
});

describe('the buttons of a group in the legend', () => {
  it.each([
    [
      ['two · seed 1', 'two · seed 2'],
      ['seed 1', 'seed 2'],
    ],
    [['two · seed 1'], ['two · seed 1']],
    [
      ['two', 'two'],
      ['two', 'two'],
    ],
    [
      ['two · lr 1 · seed 1', 'five · lr 1 · seed 1'],
      ['two', 'five'],
    ],
    [[], []],
  ])('say of %j only what tells them apart', (labels, shown) => {
    expect(dropCommonParts(labels)).toEqual(shown);
  });
});
