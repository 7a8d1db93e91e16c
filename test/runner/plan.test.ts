import { expect, it } from 'vitest';
import { hashOfName } from '../../src/experiment/run-id.ts';
import { FAILURES, type RunState } from '../../src/results/records.ts';
import { adoptFolders, planRuns } from '../../src/runner/plan/plan.ts';
import { createPoints } from '../helpers/sweep.ts';

const points = createPoints(2);

it.each<[RunState, string]>([
  ['queued', 'start'],
  ['interrupted', 'resume'],
  ['running', 'resume'],
  ['cancelled', 'resume'],
  ['failed', 'skip'],
  ['crashed', 'skip'],
  ['timed-out', 'skip'],
  ['diverged', 'skip'],
  ['succeeded', 'skip'],
])('a run that is %s is planned as %s, and with fresh started again', (state, action) => {
  expect(planRuns(points, () => state).map((run) => run.action)).toEqual([action, action]);
  expect(planRuns(points, () => state, { fresh: true }).map((run) => run.action)).toEqual(['start', 'start']);
});

it('leaves what halving has stopped to halving, and goes on with it once the file asks for none', () => {
  expect(planRuns(points, () => 'stopped-early', { halving: true })[0]!.action).toBe('skip');
  expect(planRuns(points, () => 'stopped-early')[0]!.action).toBe('resume');
});

it('goes on with what has failed only where that is asked for, and says how', () => {
  expect(planRuns(points, () => 'bad-data')[0]).toMatchObject({ action: 'skip', reason: 'bad data; --retry-failed tries again' });
  for (const failure of FAILURES) {
    expect(planRuns(points, () => failure)[0]!.action).toBe('skip');
    expect(planRuns(points, () => failure, { retryFailed: true })[0]!.action).toBe('resume');
  }
  for (const state of ['succeeded', 'queued', 'cancelled'] as const) {
    expect(planRuns(points, () => state, { retryFailed: true })).toEqual(planRuns(points, () => state));
  }
});

it('leaves a run alone of which it cannot be told how it has ended, and says why; with fresh it is set aside and started again', () => {
  const unreadable = 'outcome.json: could not be read';
  const findUnreadable = (id: string) => (id === points[0]!.id ? unreadable : null);
  const [left, other] = planRuns(points, () => 'interrupted', { findUnreadable });
  expect(left).toMatchObject({ action: 'skip', reason: unreadable, unreadable });
  expect(other).toMatchObject({ action: 'resume', reason: 'was interrupted' });
  expect(planRuns(points, () => 'interrupted', { findUnreadable, fresh: true })[0]).toMatchObject({ action: 'start' });
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
  expect(adoptFolders(points, [`two-seed2-${hash}`, 'other-0123456789ab'], () => null).map((point) => point.id)).toEqual([
    points[0]!.id,
    `two-seed2-${hash}`,
  ]);
});

it('runs two points that ask for the same thing once', () => {
  const twice = [points[0]!, { ...points[0]!, id: points[0]!.id.replace('seed1', 'again') }];
  expect(adoptFolders(twice, [], () => null).map((point) => point.id)).toEqual([points[0]!.id]);
});

it('finds the work of a run by the record in its folder where its name was made by another rule, a finished one first', () => {
  const hash = hashOfName(points[1]!.id);
  const asked: string[] = [];
  const folders = ['a-111111111111', 'b-222222222222', 'c-333333333333', 'd-444444444444', points[0]!.id];
  const adopted = adoptFolders(points, folders, (name) => {
    asked.push(name);
    if (name.startsWith('a')) return null;
    return { hash: name.startsWith('d') ? 'else' : hash, isFinished: name.startsWith('c') };
  });
  expect(adopted.map(({ id }) => id)).toEqual([points[0]!.id, 'c-333333333333']);
  expect(asked).toEqual(folders.slice(0, 4));
});

it('reads no folder where the names say it all', () => {
  const folders = [...points.map(({ id }) => id), 'former-0123456789ab'];
  const read = () => {
    throw new Error('read');
  };
  expect(adoptFolders(points, folders, read).map(({ id }) => id)).toEqual(points.map(({ id }) => id));
});
