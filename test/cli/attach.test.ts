// facet run --attach, beside the facet run that it follows, as processes.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChangeFinder } from '../../src/cli/progress/find-changes.ts';
import type { Run } from '../../src/results/read.ts';
import type { RunProgress } from '../../src/results/read-progress.ts';
import type { OutcomeRecord } from '../../src/results/records.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep, statesOf, stepsOf, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
const long = ['run', 'sweep.yaml', '--set', 'training.epochs=30'];
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env.TRAINER_STEP_MS = '150';
});
afterEach(() => workplace.remove());

describe('facet run --attach', () => {
  it('shows the progress of the runner that is at work, to its end, and then what it shows', async () => {
    workplace.trainers = ['succeed', 'succeed', 'succeed'];
    workplace.writeSweep(3, 'execution: {parallel: 2}');
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 1);
    const attached = await workplace.facet(...long, '--attach');
    expect(attached).toMatchObject({ exitCode: 0, stderr: '' });
    expect(attached.stdout).toMatch(/^sweep: \d runs? to do on process \d+ on .+, at work since .+; Ctrl-C here leaves it alone\n/);
    const [, second, third] = readSweep(workplace).runs.map(({ id }) => id);
    expect(attached.stdout).toMatch(new RegExp(`^> ${third}  started$`, 'm'));
    expect(attached.stdout).toMatch(
      new RegExp(`^  ${third}  epoch \\d+/30, loss D 0\\.\\d+, loss G 2\\.000, 100 images/s, \\d+s left$`, 'm'),
    );
    expect(attached.stdout).toMatch(new RegExp(`^✓ ${second}  30 epochs in 3s`, 'm'));
    expect(attached.stdout).toContain('3 of 3 runs succeeded');
    expect((await runner).exitCode).toBe(0);
  });

  it.each([
    ['a run has failed', ['succeed', 'fail'], 1],
    ['the runs are stopped before their end', ['succeed', 'succeed'], 130],
  ])('ends as the runs imply where %s', async (_case, trainers, exitCode) => {
    workplace.trainers = trainers;
    workplace.writeSweep(2, 'execution: {parallel: 2}');
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 1);
    const attached = workplace.facet(...long, '--attach');
    if (exitCode === 130) {
      await attached.stdout.take(1).toArray();
      runner.kill('SIGINT');
    }
    expect((await attached).exitCode).toBe(exitCode);
    await runner;
  });

  it('leaves the runner alone at Ctrl-C', async () => {
    workplace.trainers = ['succeed'];
    workplace.writeSweep(1);
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 1);
    const attached = workplace.facet(...long, '--attach');
    await attached.stdout.take(1).toArray();
    attached.kill('SIGINT');
    const { exitCode } = await attached;
    expect(exitCode).toBe(130);
    expect(statesOf(workplace)).toEqual(['running']);
    expect((await runner).exitCode).toBe(0);
    expect(stepsOf(workplace, 0)).toHaveLength(30);
  });

  it('runs the experiment where nobody does', async () => {
    workplace.trainers = ['succeed'];
    workplace.env.TRAINER_STEP_MS = '5';
    workplace.writeSweep(1);
    expect((await workplace.facet('run', 'sweep.yaml', '--attach')).exitCode).toBe(0);
    expect(statesOf(workplace)).toEqual(['succeeded']);
  });
});

it('tells of a run that was stopped as the runner does: not as a failure', () => {
  const run = (state: Run['state'], outcome: OutcomeRecord | null): Run =>
    ({ id: 'seed1', folder: '', axes: {}, record: null, state, outcome, problems: [], current: true }) as unknown as Run;
  const progress = { attempts: 1, step: 3, steps: 9, epoch: 1, epochs: 3 } as unknown as RunProgress;
  const find = createChangeFinder(() => progress);
  find([run('running', null)]);
  const cancelled: OutcomeRecord = {
    status: 'cancelled',
    message: 'Stopped.',
    finishedAt: '',
    steps: 3,
    epochs: 1,
    seconds: 1,
    imagesPerSecond: null,
  };
  expect(find([run('cancelled', cancelled)])).toMatchObject([{ type: 'ended', end: { kind: 'stopped', outcome: cancelled } }]);
});
