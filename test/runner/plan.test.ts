import { expect, it } from 'vitest';
import type { RunState } from '../../src/results/records.ts';
import { adoptFolders, planRuns } from '../../src/runner/plan.ts';
import { createPoints } from '../helpers/sweep.ts';

const points = createPoints(2);

it.each<[RunState, string]>([
  ['queued', 'start'],
  ['interrupted', 'resume'],
  ['running', 'resume'],
  ['failed', 'resume'],
  ['crashed', 'resume'],
  ['timed-out', 'resume'],
  ['diverged', 'skip'],
  ['succeeded', 'skip'],
])('a run that is %s is planned as %s, and with fresh started again', (state, action) => {
  expect(planRuns(points, () => state).map((run) => run.action)).toEqual([action, action]);
  expect(planRuns(points, () => state, { fresh: true }).map((run) => run.action)).toEqual(['start', 'start']);
});

it('keeps the order of the file and looks up each run by its own id', () => {
  const plan = planRuns(points, (id) => (id === points[0]!.id ? 'succeeded' : 'queued'));
  expect(plan.map((run) => [run.id, run.action])).toEqual([
    [points[0]!.id, 'skip'],
    [points[1]!.id, 'start'],
  ]);
});

it('finds the work of a run again when its readable name changed', () => {
  const hash = points[1]!.id.split('-').at(-1);
  expect(adoptFolders(points, [`two-seed2-${hash}`, 'other-0123456789ab']).map((point) => point.id)).toEqual([
    points[0]!.id,
    `two-seed2-${hash}`,
  ]);
});

it('runs two points that ask for the same thing once', () => {
  const twice = [points[0]!, { ...points[0]!, id: points[0]!.id.replace('seed1', 'again') }];
  expect(adoptFolders(twice, []).map((point) => point.id)).toEqual([points[0]!.id]);
});
