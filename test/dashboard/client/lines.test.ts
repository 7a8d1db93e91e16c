import { describe, expect, it } from 'vitest';
import { innerRange } from '../../../src/dashboard/client/charts/curves.ts';
import { commonPosition, lineOf } from '../../../src/dashboard/client/charts/lines.ts';
import { type ClientRun, createRunBook } from '../../../src/dashboard/client/run-book.ts';
import { dropCommonParts } from '../../../src/dashboard/labels.ts';
import type { RunView } from '../../../src/dashboard/wire.ts';

const view = (id: string, more: Partial<RunView> = {}): RunView => ({
  id,
  label: id,
  axes: {},
  attributes: ['Male'],
  state: 'running',
  stateWords: 'running',
  current: true,
  epochs: 8,
  stepsPerEpoch: 10,
  samples: [],
  evaluations: {},
  grid: null,
  url: '',
  ...more,
});

/** A run of `steps` steps, each of which took `seconds`. */
function runOf(id: string, { steps, seconds = 1, ...more }: { steps: number; seconds?: number } & Partial<RunView>): ClientRun {
  const numbers = Array.from({ length: steps }, (_, i) => i + 1);
  const points = numbers.flatMap((step) => [step, step / 10]);
  const series = {
    fromStep: 1,
    bucketSteps: 1,
    lastStep: steps,
    seconds: numbers.map((step) => step * seconds),
    curves: { lossG: { points } },
  };
  const book = createRunBook();
  book.apply({ order: [id], runs: [{ id, view: view(id, more), series }] });
  return book.runs()[0]!;
}

const options = { color: '#000000', smoothingSteps: 0, runs: [] };

describe('the line of a run', () => {
  it('has its steps, epochs or minutes on the x axis', () => {
    const run = runOf('a', { steps: 20, seconds: 30 });
    const lastX = (x: 'step' | 'epoch' | 'minutes'): number => lineOf(run, { ...options, x }).points.lossG!.at(-1)!.x;
    expect([lastX('step'), lastX('epoch'), lastX('minutes')]).toEqual([20, 2, 10]);
  });

  it('takes the length of an epoch from another run while it is in its first', () => {
    const young = runOf('young', { steps: 5, stepsPerEpoch: null });
    const runs = [young, runOf('old', { steps: 40, stepsPerEpoch: 20 })];
    expect(lineOf(young, { ...options, x: 'epoch', runs }).points.lossG!.at(-1)!.x).toBe(0.25);
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
    expect(lineOf(run, { ...options, x: 'epoch' }).points.distance).toEqual([
      { x: 1, y: 0.5, step: 10 },
      { x: 2, y: Number.NaN, step: 20 },
    ]);
  });

  it('is marked at its end where the run failed, and only there', () => {
    const isBad = (state: RunView['state']): boolean => lineOf(runOf('a', { steps: 2, state }), { ...options, x: 'step' }).isBad;
    expect([isBad('diverged'), isBad('stalled')]).toEqual([true, true]);
    expect([isBad('succeeded'), isBad('stopped-early'), isBad('cancelled'), isBad('interrupted')]).toEqual([false, false, false, false]);
  });
});

describe('the mark of the epoch that the grids show', () => {
  it('stands where the epoch ends in all runs', () => {
    const runs = [runOf('a', { steps: 30 }), runOf('b', { steps: 80 })];
    expect(commonPosition(runs, { x: 'step', epoch: 3 })).toBe(30);
    expect(commonPosition(runs, { x: 'epoch', epoch: 3 })).toBe(3);
  });

  it('is missing where runs disagree on its place, or no run knows it', () => {
    const runs = [runOf('a', { steps: 30 }), runOf('b', { steps: 80, stepsPerEpoch: 20 })];
    expect(commonPosition(runs, { x: 'step', epoch: 3 })).toBeNull();
    expect(commonPosition(runs, { x: 'epoch', epoch: 3 })).toBe(3);
    expect(commonPosition([runOf('a', { steps: 3, stepsPerEpoch: null })], { x: 'step', epoch: 1 })).toBeNull();
    expect(commonPosition([], { x: 'epoch', epoch: 1 })).toBeNull();
  });

  it('does not care for runs that have not begun', () => {
    const runs = [runOf('a', { steps: 30 }), runOf('later', { steps: 0, stepsPerEpoch: null })];
    expect(commonPosition(runs, { x: 'step', epoch: 2 })).toBe(20);
  });
});

describe('the range of a chart without its spikes', () => {
  it('leaves out the highest and the lowest percent', () => {
    const values = [...Array.from({ length: 998 }, (_, i) => 1 + i / 998), 1000, -1000];
    const { min, max } = innerRange(values);
    expect(max!).toBeGreaterThan(1.9);
    expect(max!).toBeLessThan(2.2);
    expect(min!).toBeGreaterThan(0.8);
  });

  it('does not reach below zero where no value does, and shows values that are all the same', () => {
    expect(innerRange(Array.from({ length: 100 }, (_, i) => i / 1000)).min).toBe(0);
    const { min, max } = innerRange(new Array(100).fill(5));
    expect([min! < 5, max! > 5]).toEqual([true, true]);
  });

  it('is everything where there are few values, and does not count what is not finite', () => {
    expect(innerRange(new Array(19).fill(1))).toEqual({ min: undefined, max: undefined });
    expect(innerRange([...new Array(15).fill(1), ...new Array(100).fill(Number.NaN), Infinity])).toEqual({
      min: undefined,
      max: undefined,
    });
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
