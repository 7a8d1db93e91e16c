// facet run, as a process, with children of its own.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, logFile, metricsFile, runnerLeaseFile } from '../../src/results/paths.ts';
import { type ExperimentResults, readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { createNvidiaSmi } from '../helpers/nvidia-smi.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

const read = (): ExperimentResults => readExperiment(workplace.results, 'sweep');
const states = () => read().runs.map((run) => run.state);
const stepsOf = (index: number) => readMetrics(metricsFile(read().runs[index]!.folder)).records.map((record) => record.step);
/** Until each of the first runs has taken a step. */
const untilTraining = (runs: number) =>
  expect
    .poll(() => Array.from({ length: runs }, (_, index) => (read().runs[index] ? stepsOf(index).length : 0)), { timeout: 15_000 })
    .not.toContain(0);
const childPids = () => read().runs.flatMap(({ folder }) => pidIn(leaseFile(folder)));

describe('facet run', () => {
  it('says that trying again does not help a run that diverged', async () => {
    workplace.writeSweep(2);
    workplace.trainers = ['diverge', 'fail'];
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode).toBe(1);
    expect(all).toContain(
      '0 of 2 runs succeeded, 2 failed.\n1 run diverged, and would again: change what it asks for, such as training.learningRate.\nTry 1 run that failed otherwise again: ',
    );
  });

  it('ends with 1 when a run fails or hangs, having finished the others, and with 0 when another try, asked for, succeeds', async () => {
    workplace.writeSweep(3, 'execution: {timeout: 1.5s, parallel: 3}');
    workplace.trainers = ['fail', 'hang', 'succeed'];
    const first = await workplace.facet('run', 'sweep.yaml');
    expect(first.exitCode).toBe(1);
    expect(first.all).toContain('Last line of its log: Error: picture 17 is no picture');
    expect(first.all).toContain('1 of 3 runs succeeded, 2 failed.');
    expect(first.all).toContain('Try the failed ones again: npx facet run sweep.yaml --retry-failed');
    expect(first.all).toContain('npx facet dashboard');
    expect(states()).toEqual(['crashed', 'timed-out', 'succeeded']);

    workplace.trainers = ['succeed', 'succeed', 'fail'];
    const plan = await workplace.facet('plan', 'sweep.yaml');
    expect(plan.stdout).toContain('crashed; --retry-failed tries again');
    expect((await workplace.facet('plan', 'sweep.yaml', '--retry-failed')).stdout).toContain(
      '0 to start, 2 to go on with, 1 to leave alone',
    );
    expect((await workplace.facet('run', 'sweep.yaml')).exitCode).toBe(1);
    expect(states()).toEqual(['crashed', 'timed-out', 'succeeded']);
    const second = await workplace.facet('run', 'sweep.yaml', '--retry-failed');
    expect(second.exitCode).toBe(0);
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('has nothing to do when everything is done; --fresh redoes it; a wider sweep starts only what is new', async () => {
    workplace.trainers = ['succeed', 'succeed', 'succeed'];
    workplace.writeSweep(2);
    await workplace.facet('run', 'sweep.yaml');
    const before = read().runs.map((run) => run.record?.provenance.createdAt);
    workplace.writeSweep(3);
    const wider = await workplace.facet('run', 'sweep.yaml');
    expect(wider.stdout).toContain('1 run to do');
    expect(
      read()
        .runs.slice(0, 2)
        .map((run) => run.record?.provenance.createdAt),
    ).toEqual(before);
    const again = await workplace.facet('run', 'sweep.yaml');
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('0 runs to do') });
    await workplace.facet('run', 'sweep.yaml', '--fresh');
    expect(read().runs.map((run) => run.record?.provenance.createdAt)).not.toContain(before[0]);
    expect(stepsOf(0)).toEqual([1, 2, 3, 4]);
  });

  it('records the resolved configuration and where the result comes from', async () => {
    workplace.trainers = ['succeed'];
    workplace.writeSweep(1);
    await workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=2');
    const { record } = read().runs[0]!;
    expect(record?.config.training).toMatchObject({ epochs: 2, learningRate: 0.0002, seed: 1 });
    expect(record?.provenance).toMatchObject({
      command: ['facet', 'run', 'sweep.yaml', '--set', 'training.epochs=2'],
      experimentFile: 'sweep.yaml',
      node: process.version,
      backend: { name: 'wasm' },
      hardware: { cores: expect.any(Number), gpus: [] },
    });
    expect(stepsOf(0)).toEqual([1, 2]);
  });
});

describe('facet run on a GPU on which runs keep crashing', () => {
  it('sets it aside, tries its runs on the others, and says so in the end', async () => {
    await onGpus(['GPU-bad', 'GPU-good'], async () => {
      workplace.env.BROKEN_GPU = 'GPU-bad';
      workplace.trainers = Array(6).fill('broken-gpu');
      workplace.writeSweep(6);
      const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
      expect(all).toContain('GPU GPU-bad was set aside: 3 attempts in a row at 3 runs failed on it (crashed).');
      expect(exitCode).toBe(0);
      expect(states()).toEqual(Array(6).fill('succeeded'));
    });
  });

  it('being the only one, ends with 1 and leaves the rest waiting', async () => {
    await onGpus(['GPU-only'], async () => {
      workplace.trainers = Array(5).fill('crash');
      workplace.writeSweep(5);
      const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
      expect(all).toContain('No GPU is left for another run; those that waited were not started.');
      expect(exitCode).toBe(1);
      expect(states()).toEqual(['crashed', 'crashed', 'crashed', 'queued', 'queued']);
    });
  });

  async function onGpus(uuids: string[], test: () => Promise<void>): Promise<void> {
    const programs = createNvidiaSmi(uuids.map((uuid) => ({ uuid })));
    workplace.env = { PATH: `${programs}:${process.env.PATH}`, FACET_BACKEND: 'tensorflow' };
    await test().finally(() => rmSync(programs, { recursive: true }));
  }
});

describe('stopping facet run', () => {
  beforeEach(() => {
    workplace.env.TRAINER_STEP_MS = '150';
    workplace.writeSweep(3, 'execution: {parallel: 2}');
  });

  it('by one Ctrl-C saves what the runs have done, and the same command goes on with it', async () => {
    workplace.trainers = ['succeed', 'succeed', 'succeed'];
    const runner = workplace.facet('run', 'sweep.yaml');
    await untilTraining(2);
    runner.kill('SIGINT');
    runner.kill('SIGINT'); // npx passes on what the terminal has sent already
    const { exitCode, all } = await runner;
    expect(exitCode).toBe(130);
    expect(all).toContain('Stopping: each run finishes its step and saves.');
    expect(all).not.toContain('Ending the runs at once.');
    expect(states()).toEqual(['cancelled', 'cancelled', 'queued']);
    expect(read().runs[0]?.outcome?.message).toMatch(/^Stopped by Ctrl-C after step \d/);

    workplace.env.TRAINER_STEP_MS = '5';
    expect((await workplace.facet('run', 'sweep.yaml')).exitCode).toBe(0);
    for (const index of [0, 1, 2]) expect(stepsOf(index)).toEqual([1, 2, 3, 4]);
  });

  it('by a second Ctrl-C ends also what hangs, at once', async () => {
    workplace.env.FACET_GRACE_SECONDS = '3600'; // longer than the test waits
    workplace.trainers = ['hang', 'ignore-stop', 'succeed'];
    const runner = workplace.facet('run', 'sweep.yaml');
    await untilTraining(2);
    const pids = childPids();
    expect(pids).toHaveLength(2);
    runner.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 700));
    runner.kill('SIGINT');
    expect((await runner).exitCode).toBe(130);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(states()).toEqual(['cancelled', 'cancelled', 'queued']);
  });
});

describe('when the runner itself is killed outright', () => {
  it.each([
    ['a child in a native call', ['hang'], {}, process.platform === 'linux'],
    ['a child in a native call, with what it has started,', ['hang-with-child'], {}, true],
    ['a child in a native call on a system without setpriv', ['hang-with-child'], { PATH: '/nonexistent' }, true],
    // Without setpriv on the PATH a child ends because the channel to its parent closes.
    ['a child on a system without setpriv', ['ignore-stop'], { PATH: '/nonexistent' }, true],
  ])('%s does not outlive it, and the next runner goes on', async (_case, trainers, env: Record<string, string>, isSupported) => {
    if (!isSupported) return;
    Object.assign(workplace.env, env);
    workplace.trainers = trainers;
    workplace.writeSweep(1);
    const runner = workplace.facet('run', 'sweep.yaml');
    await untilTraining(1);
    const grandchild = /child (\d+)/.exec(readFileSync(logFile(read().runs[0]!.folder), 'utf8'))?.[1];
    const pids = [...childPids(), ...(grandchild === undefined ? [] : [Number(grandchild)])];
    expect(pids.filter(isAlive)).toHaveLength(grandchild === undefined ? 1 : 2);
    runner.kill('SIGKILL');
    await runner;
    await expect.poll(() => pids.filter(isAlive), { timeout: 30_000 }).toEqual([]);
    expect(read()).toMatchObject({ runner: null, runs: [{ state: 'interrupted' }] });

    workplace.trainers = ['succeed'];
    expect((await workplace.facet('run', 'sweep.yaml')).exitCode).toBe(0);
    expect(stepsOf(0)).toEqual([1, 2, 3, 4]);
  });
});

it('of two runners at the same instant one works, and the other says who does and ends with 3', async () => {
  workplace.trainers = ['succeed', 'succeed'];
  workplace.env.TRAINER_STEP_MS = '400';
  workplace.writeSweep(2);
  const both = await Promise.all([workplace.facet('run', 'sweep.yaml'), workplace.facet('run', 'sweep.yaml')]);
  const [winner, loser] = both.sort((a, b) => a.exitCode! - b.exitCode!);
  expect([winner!.exitCode, loser!.exitCode]).toEqual([0, 3]);
  expect(loser!.stderr).toMatch(
    /^sweep is being run by process \d+ on .* since .*\. Follow it with --attach, or stop it with: npx facet stop sweep$/,
  );
  for (const index of [0, 1]) expect(stepsOf(index)).toEqual([1, 2, 3, 4]);
  expect(pidIn(runnerLeaseFile(join(workplace.results, 'sweep')))).toEqual([]);
});

function pidIn(path: string): number[] {
  try {
    return [JSON.parse(readFileSync(path, 'utf8')).pid];
  } catch {
    return [];
  }
}

/** A process that has ended and waits to be collected is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}
