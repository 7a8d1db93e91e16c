// facet stop, beside a facet run, as processes.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { readLiveLease } from '../../src/results/leases/lease.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile, runnerLeaseFile, stopRequestFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import type { StopRequest } from '../../src/results/records.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env.TRAINER_STEP_MS = '150';
});
afterEach(() => workplace.remove());

const folder = () => join(workplace.results, 'sweep');
const states = () => readExperiment(workplace.results, 'sweep').runs.map((run) => run.state);
const stepsOf = (index: number) =>
  readMetrics(metricsFile(readExperiment(workplace.results, 'sweep').runs[index]!.folder)).records.map(({ step }) => step);
const untilTraining = (runs: number) =>
  expect
    .poll(() => Array.from({ length: runs }, (_, index) => (states()[index] ? stepsOf(index).length : 0)), { timeout: 30_000 })
    .not.toContain(0);
const requestFor = (token: string): StopRequest => ({ token, kind: 'forced', requestedAt: '2026-01-10T09:00:00.000Z', by: 'somebody' });

describe('facet stop', () => {
  it('lets the runs save, waits until the runner has left, and the same command goes on later', async () => {
    workplace.trainers = ['succeed', 'succeed', 'succeed'];
    workplace.writeSweep(3, 'execution: {parallel: 2}');
    const long = ['run', 'sweep.yaml', '--set', 'training.epochs=100'];
    const runner = workplace.facet(...long);
    await untilTraining(2);
    const stop = await workplace.facet('stop', 'sweep');
    expect(readLiveLease(runnerLeaseFile(folder()))).toBeNull();
    expect(stop).toMatchObject({ exitCode: 0, stderr: '' });
    expect(stop.stdout).toMatch(
      /sweep: process \d+ has left\. 3 runs: 1 waiting, 2 stopped\. Go on with: npx facet run sweep\.yaml --set training\.epochs=100$/,
    );
    const { exitCode, all } = await runner;
    expect(exitCode).toBe(130);
    expect(all).toMatch(/Stopping, as asked by facet stop \(process \d+ on .+\): each run finishes its step and saves\./);
    expect(states()).toEqual(['cancelled', 'cancelled', 'queued']);
    expect(existsSync(stopRequestFile(folder()))).toBe(false);

    workplace.env.TRAINER_STEP_MS = '5';
    expect((await workplace.facet(...long)).exitCode).toBe(0);
    for (const index of [0, 1, 2]) expect(stepsOf(index)).toEqual(Array.from({ length: 100 }, (_, step) => step + 1));
  });

  it('--now also ends what hangs, although a first request asked it to save', async () => {
    workplace.env.FACET_GRACE_SECONDS = '600';
    workplace.trainers = ['hang'];
    workplace.writeSweep(1);
    const runner = workplace.facet('run', 'sweep.yaml');
    await untilTraining(1);
    let said = '';
    runner.all.on('data', (bytes) => {
      said += bytes;
    });
    const patient = workplace.facet('stop', 'sweep');
    await expect.poll(() => said, { timeout: 60_000 }).toContain('Stopping, as asked by facet stop');
    expect((await workplace.facet('stop', 'sweep', '--now')).exitCode).toBe(0);
    expect((await patient).exitCode).toBe(0);
    const { exitCode, all } = await runner;
    expect(exitCode).toBe(130);
    expect(all).toContain('Ending the runs at once, as asked by facet stop');
    expect(states()).toEqual(['cancelled']);
  });

  it('stops a runner of that file when it is given the file, or the folder of the results', async () => {
    workplace.trainers = ['succeed'];
    workplace.env.TRAINER_STEP_MS = '5';
    workplace.writeSweep(1);
    await workplace.facet('run', 'sweep.yaml');
    for (const name of ['sweep', 'sweep.yaml', 'results/sweep']) {
      expect(await workplace.facet('stop', name)).toMatchObject({ exitCode: 0, stdout: 'sweep: nobody is running it.' });
    }
    expect(existsSync(stopRequestFile(folder()))).toBe(false);
  });

  it.each([
    ['a misspelt name', 'sweeep', 'Expected an experiment in results (sweep), got "sweeep"; did you mean "sweep"?'],
    ['a path out of the results', '../..', 'Expected an experiment in results (sweep), got "../.."'],
    ['a name that would take over the terminal', '\u001b]0;title\u0007', 'got "\\u{1b}]0;title\\u{7}"'],
  ])('answers %s in one line and exits with 2', async (_case, name, answer) => {
    mkdirSync(folder(), { recursive: true });
    writeJsonAtomic(join(folder(), 'experiment.json'), { format: 1, name: 'sweep', file: 'sweep.yaml', runs: [] });
    const { exitCode, stdout, stderr } = await workplace.facet('stop', name);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(answer);
    expect(stderr.split('\n')).toHaveLength(1);
  });
});

it('a request to a former runner does not stop the next one, whenever it comes', async () => {
  workplace.trainers = ['succeed'];
  workplace.writeSweep(1);
  mkdirSync(folder(), { recursive: true });
  writeJsonAtomic(stopRequestFile(folder()), requestFor('of a former runner'));
  const runner = workplace.facet('run', 'sweep.yaml');
  await untilTraining(1);
  expect(existsSync(stopRequestFile(folder()))).toBe(false);
  writeJsonAtomic(stopRequestFile(folder()), requestFor('of a former runner'));
  expect((await runner).exitCode).toBe(0);
  expect(stepsOf(0)).toEqual([1, 2, 3, 4]);
});
