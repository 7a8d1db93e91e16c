import { expect, it } from 'vitest';
import { orderRuns } from '../../src/runner/plan/order.ts';
import type { PlannedRun } from '../../src/runner/plan/plan.ts';
import { pointsIn } from '../experiment/parse-text.ts';

/** The labels of the axes of each run, in the order in which the runs start. */
function orderOf(sweep: string, order: 'seeds' | 'file' = 'seeds', states: PlannedRun['action'][] = []): string[] {
  const plan = pointsIn(`name: x\nattributes: [Male]\nsweep: ${sweep}\n`).map((point, index): PlannedRun => {
    return { id: String(index), point, dataIdentity: 'none', state: 'queued', action: states[index] ?? 'start', reason: '' };
  });
  return orderRuns(plan, order).map(({ point }) => Object.values(point.axes).join(' '));
}

const GRID = '{grid: {training.seed: [7, 3, 5], model.width: [16, 32]}}';

it('starts the first seed of every point before the second of any, in file order within', () => {
  expect(orderOf(GRID)).toEqual(['7 16', '7 32', '3 16', '3 32', '5 16', '5 32']);
  expect(orderOf('{grid: {model.width: [16, 32], training.seed: [7, 3, 5]}}')).toEqual(['16 7', '32 7', '16 3', '32 3', '16 5', '32 5']);
});

it('keeps the order of the file where asked to', () => {
  expect(orderOf('{grid: {model.width: [16, 32], training.seed: [7, 3]}}', 'file')).toEqual(['16 7', '16 3', '32 7', '32 3']);
});

it('leaves seeds that belong to different points in file order', () => {
  expect(orderOf('{zip: [{training.seed: [1, 2, 3], model.width: [16, 32, 64]}]}')).toEqual(['1 16', '2 32', '3 64']);
});

it('counts the seeds of a zip group beside another axis', () => {
  const zip = '{grid: {model.width: [16, 32]}, zip: [{training.seed: [1, 2], samples.every: [2, 2]}]}';
  expect(orderOf(zip)).toEqual(['16 1 2', '32 1 2', '16 2 2 #2', '32 2 2 #2']);
});

it('puts points that include adds where their seed belongs', () => {
  const include =
    '{grid: {model.width: [16, 32], training.seed: [1, 2]}, include: [{model.width: 64}, {model.width: 16, training.seed: 3}]}';
  expect(orderOf(include)).toEqual(['16 1', '32 1', '64 1', '16 2', '32 2', '16 3']);
});

it('starts one seed of every random draw first', () => {
  const random = '{grid: {training.seed: [1, 2]}, random: {samples: 3, training.learningRate: {min: 0.0001, max: 0.001}}}';
  const seeds = orderOf(random).map((labels) => labels.split(' ')[0]);
  expect(seeds).toEqual(['1', '1', '1', '2', '2', '2']);
});

it('counts runs that are done, so that a continued sweep keeps its order', () => {
  const done = orderOf('{grid: {model.width: [16, 32], training.seed: [1, 2]}}', 'seeds', ['skip', 'start', 'start', 'start']);
  expect(done).toEqual(['16 1', '32 1', '16 2', '32 2']);
});
