// Stopping, continuing and retrying one run of a sweep, beside others, as processes.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { experimentRecordFile, metricsFile, runRequestsFolder } from '../../src/results/paths.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep, statesOf, stepsOf, sweepFolder, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env.TRAINER_GO = join(workplace.folder, 'go');
  workplace.env.TRAINER_STEP_MS = '5';
});
afterEach(() => workplace.remove());

const upTo = (count: number) => Array.from({ length: count }, (_, step) => step + 1);
const runs = () => readSweep(workplace).runs;
const states = () => statesOf(workplace);
const long = ['run', 'sweep.yaml', '--set', 'training.epochs=8'];
/** Lets runs end that wait for it. */
const go = () => writeFileSync(workplace.env.TRAINER_GO!, '');
const untilRun = (index: number, state: string) => expect.poll(() => states()[index], { timeout: 60_000 }).toBe(state);
const requests = () => {
  const folder = runRequestsFolder(sweepFolder(workplace));
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe('facet stop RUN', () => {
  it('lets that run save and leave, and the others come to their ends; later it goes on from there', async () => {
    workplace.trainers = ['until-told', 'until-told', 'succeed'];
    workplace.writeSweep(3, 'execution: {parallel: 2}');
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 2);
    const { id } = runs()[0]!;
    const stop = await workplace.facet('stop', `sweep/${id}`);
    expect(stop).toMatchObject({ exitCode: 0, stderr: '' });
    expect(stop.stdout.split('\n').at(-1)).toMatch(
      new RegExp(
        `^sweep/${id}: Stopped by facet stop \\(process \\d+ on .+\\) after step \\d+ \\(epoch \\d+\\)\\. .* Process \\d+ goes on with the others\\. Go on with it: npx facet run sweep\\.yaml --set training\\.epochs=8 --only ${id}$`,
      ),
    );
    const taken = stepsOf(workplace, 0);
    go();
    const { exitCode, all } = await runner;
    expect(exitCode, all).toBe(1);
    expect(states()).toEqual(['cancelled', 'succeeded', 'succeeded']);
    expect(stepsOf(workplace, 0)).toEqual(taken);
    expect(all).toContain('2 of 3 runs succeeded, 1 not finished (1 stopped): the same command goes on with it.');
    expect(requests()).toEqual([]);

    const record = readFileSync(experimentRecordFile(sweepFolder(workplace)), 'utf8');
    const others = runs().map(({ folder }) => readFileSync(metricsFile(folder), 'utf8'));
    const again = await workplace.facet(...long, '--only', id.slice(0, 5));
    expect(again.exitCode, again.all).toBe(0);
    expect(again.stdout).toContain('1 of 1 run succeeded.');
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(stepsOf(workplace, 0)).toEqual(upTo(8));
    expect(readFileSync(experimentRecordFile(sweepFolder(workplace)), 'utf8')).toBe(record);
    expect(runs().map(({ folder }) => readFileSync(metricsFile(folder), 'utf8'))).toEqual([expect.anything(), ...others.slice(1)]);
  });

  it('takes the turn from a run that waits, and gives it back when a second command asks for it', async () => {
    workplace.trainers = ['until-told', 'succeed', 'succeed'];
    workplace.writeSweep(3, 'execution: {parallel: 1}');
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 1);
    const [, second, third] = runs();
    const [stop, other] = await Promise.all([
      workplace.facet('stop', second!.id),
      workplace.facet('stop', third!.folder.split('/').at(-1)!),
    ]);
    expect([stop.exitCode, other.exitCode], stop.all + other.all).toEqual([0, 0]);
    expect(stop.stdout).toContain('before its first step');
    expect(states()).toEqual(['running', 'cancelled', 'cancelled']);
    const asked = await workplace.facet(...long, '--only', third!.id);
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(asked.stdout).toMatch(
      /process \d+ on .+, which is at work on sweep, goes on with it\. Its log: npx facet logs sweep\/\S+ --follow$/,
    );
    go();
    const { exitCode, all } = await runner;
    expect(exitCode, all).toBe(1);
    expect(states()).toEqual(['succeeded', 'cancelled', 'succeeded']);
    expect(stepsOf(workplace, 2)).toEqual(upTo(8));
    expect(stepsOf(workplace, 1)).toEqual([]);
    const status = await workplace.facet('status', 'sweep');
    expect(status.stdout).not.toMatch(/expected|missing/);
    expect((await workplace.facet(...long)).exitCode).toBe(0);
    expect(stepsOf(workplace, 1)).toEqual(upTo(8));
  });

  it('starts a run again that is still stopping, and ends with --now what hangs', async () => {
    workplace.env.FACET_GRACE_SECONDS = '600';
    workplace.trainers = ['until-told', 'hang'];
    workplace.writeSweep(2, 'execution: {parallel: 2}');
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 2);
    const [, hanging] = runs();
    const patient = workplace.facet('stop', hanging!.id);
    await expect.poll(() => existsSync(join(hanging!.folder, 'stop.json')), { timeout: 30_000 }).toBe(true);
    expect((await workplace.facet(...long, '--only', hanging!.id)).exitCode).toBe(0);
    expect((await workplace.facet('stop', hanging!.id, '--now')).exitCode).toBe(0);
    expect((await patient).exitCode).toBe(0);
    go();
    const { exitCode, all } = await runner;
    expect(exitCode, all).toBe(1);
    expect(states()).toEqual(['succeeded', 'cancelled']);
    expect(runs()[1]!.outcome!.message).toContain('It was ended by force');
  });

  it('leaves a run finished that comes to its end before it stops', async () => {
    workplace.env.FACET_GRACE_SECONDS = '600';
    workplace.trainers = ['finish-when-asked'];
    workplace.writeSweep(1);
    const runner = workplace.facet('run', 'sweep.yaml');
    await untilTraining(workplace, 1);
    const stop = await workplace.facet('stop', 'seed1');
    expect(stop.stdout.split('\n').at(-1)).toMatch(/^sweep\/seed1-\w+: succeeded: it had ended before it could be stopped\./);
    expect((await runner).exitCode).toBe(0);
  });

  it('leaves an ended run as it is, and says where nobody is at work', async () => {
    workplace.trainers = ['succeed', 'crash'];
    workplace.writeSweep(2);
    await workplace.facet('run', 'sweep.yaml');
    const [done] = runs();
    const stopped = await workplace.facet('stop', done!.id);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: `sweep/${done!.id}: succeeded already. Trained 4 epochs.` });
    writeFileSync(join(done!.folder, 'outcome.json'), '');
    expect((await workplace.facet('stop', done!.id)).stdout).toBe(`sweep/${done!.id}: interrupted; nobody is running sweep.`);
  });

  it('answers a name that means no run, or several, in one line and exits with 2', async () => {
    workplace.trainers = ['succeed', 'succeed'];
    workplace.writeSweep(2);
    await workplace.facet('run', 'sweep.yaml', '--only', 'seed2');
    expect(states()).toEqual(['queued', 'succeeded']);
    for (const [name, answer] of [
      ['sweep/seed3', 'Expected the id or folder of a run in results, got "sweep/seed3"; they are named as in sweep/seed'],
      ['seed', 'Expected one run of results, got "seed", which names 2: sweep/seed'],
    ] as const) {
      const { exitCode, stderr, stdout } = await workplace.facet('stop', name);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(answer);
      expect(stderr.split('\n')).toHaveLength(1);
    }
  });
});

describe('facet run --only RUN', () => {
  it('tries one failed run again, and leaves what waits and the others that failed as they are', async () => {
    workplace.trainers = ['crash', 'crash-once', 'succeed'];
    workplace.writeSweep(3);
    await workplace.facet('run', 'sweep.yaml', '--only', 'seed1', '--only', 'seed2');
    expect(states()).toEqual(['crashed', 'crashed', 'queued']);
    const failed = readFileSync(join(runs()[0]!.folder, 'outcome.json'), 'utf8');
    const again = await workplace.facet('run', 'sweep.yaml', '--only', runs()[1]!.id);
    expect(again.exitCode, again.all).toBe(0);
    expect(states()).toEqual(['crashed', 'succeeded', 'queued']);
    expect(stepsOf(workplace, 1)).toEqual(upTo(5));
    expect(readFileSync(join(runs()[0]!.folder, 'outcome.json'), 'utf8')).toBe(failed);
  });

  it('has a runner at work try a failed run again, also one that it had left out itself', async () => {
    workplace.trainers = ['crash-once', 'until-told'];
    workplace.writeSweep(2);
    await workplace.facet(...long, '--only', 'seed1');
    expect(states()).toEqual(['crashed', 'queued']);
    const runner = workplace.facet(...long, '--only', 'seed2');
    await untilRun(1, 'running');
    expect((await workplace.facet(...long, '--only', 'seed1')).stdout).toContain('goes on with it');
    go();
    const { exitCode, all } = await runner;
    expect(exitCode, all).toBe(0);
    expect(states()).toEqual(['succeeded', 'succeeded']);
  });

  it('loses nothing when its runner is killed, whether the request was read or not', async () => {
    workplace.trainers = ['until-told', 'until-told'];
    workplace.writeSweep(2, 'execution: {parallel: 1}');
    const runner = workplace.facet(...long);
    await untilTraining(workplace, 1);
    const [first, second] = runs();
    expect((await workplace.facet('stop', second!.id)).exitCode).toBe(0);
    runner.kill('SIGSTOP'); // it reads no request
    const asked = workplace.facet(...long, '--only', second!.id);
    const stopped = workplace.facet('stop', first!.id);
    await expect.poll(() => requests().sort(), { timeout: 30_000 }).toEqual([`${first!.id}.json`, `${second!.id}.json`].sort());
    runner.kill('SIGKILL');
    await runner;
    await untilRun(0, 'interrupted');
    go();
    const { exitCode, all } = await asked;
    expect(exitCode, all).toBe(0);
    expect((await stopped).exitCode).toBe(0);
    expect(states()).toEqual(['interrupted', 'succeeded']);
    expect(requests()).toEqual([]);
    expect((await workplace.facet(...long)).exitCode).toBe(0);
    for (const index of [0, 1]) expect(stepsOf(workplace, index)).toEqual(upTo(8));
  });

  it('is one process for two commands at once, and says what a name means that is none', async () => {
    workplace.trainers = ['until-told', 'succeed'];
    workplace.writeSweep(2);
    const two = [workplace.facet(...long, '--only', 'seed1'), workplace.facet(...long, '--only', 'seed1')];
    await Promise.race(two); // the one that hands over
    go();
    const both = await Promise.all(two);
    expect(
      both.map(({ exitCode }) => exitCode),
      both.map(({ all }) => all).join('\n'),
    ).toEqual([0, 0]);
    expect(both.filter(({ all }) => all!.includes('goes on with it'))).toHaveLength(1);
    expect(stepsOf(workplace, 0)).toEqual(upTo(8));
    const wrong = await workplace.facet(...long, '--only', 'seed3');
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toMatch(
      /^--only: expected a run of sweep as the file asks for it, got "seed3"; they are named as in seed1-\w+, seed2-\w+$/,
    );
    expect((await workplace.facet(...long, '--only', 'sweep/seed1')).stdout).toContain('1 of 1 run succeeded.');
  });
});
