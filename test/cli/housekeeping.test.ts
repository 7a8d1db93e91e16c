// facet rm of experiments, former runs, repetitions, trash and checkpoints, as a process.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointFile, evaluationsFile, experimentRecordFile, reproductionFolder, trashFolder } from '../../src/results/paths.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep, statesOf, sweepFolder, untilTraining } from '../helpers/running-sweep.ts';
import { atTerminal } from '../helpers/terminal.ts';

let workplace: Workplace;
beforeEach(async () => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'succeed', 'succeed'];
  workplace.writeSweep(2);
  await workplace.facet('run', 'sweep.yaml');
});
afterEach(() => workplace.remove());

const folderOf = (index: number) => readSweep(workplace).runs[index]!.folder;
const remove = (...args: string[]) => workplace.facet('rm', ...args, '--yes');

function repeat(index: number, number: number): string {
  const { id, folder } = readSweep(workplace).runs[index]!;
  const place = reproductionFolder(sweepFolder(workplace), id, number);
  cpSync(folder, place, { recursive: true });
  return place;
}

describe('facet rm EXPERIMENT', () => {
  it('names what would go, and deletes nothing without a yes', async () => {
    repeat(0, 1);
    const unasked = await workplace.facet('rm', 'sweep');
    expect(unasked).toMatchObject({ exitCode: 2, stderr: 'Nobody can be asked here: add --yes to delete without asking' });
    expect(unasked.stdout).toMatch(/^where +what +size\nsweep +experiment of 2 runs, 1 repetition +\d+(\.\d)? KB$/);
    const { lines } = await atTerminal(workplace, { answer: { to: 'y/N', text: 'n' } }, 'rm', 'results/sweep/');
    expect(lines.at(-1)).toBe('Nothing was deleted.');
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
  });

  it('deletes its folder whole, and one that is at work not at all', async () => {
    expect((await remove('sweep')).stdout).toMatch(/\nDeleted 1 experiment, \d+(\.\d)? KB\.$/);
    expect(readdirSync(workplace.results)).toEqual(['.trash']);
    expect(readdirSync(join(workplace.results, '.trash'))).toEqual([]);
    workplace.env.TRAINER_STEP_MS = '300';
    const runner = workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=40');
    await untilTraining(workplace, 1);
    const held = await remove('sweep');
    expect(held).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(/^sweep cannot be deleted: process \d+ on .* npx facet stop sweep$/),
    });
    runner.kill('SIGINT');
    await runner;
    expect(statesOf(workplace)).toHaveLength(2);
  });

  it('asks which is meant where the name is also that of a run, and follows no link', async () => {
    await workplace.facet('run', 'sweep.yaml', '--set', 'name=seed1');
    const both = await remove('seed1');
    expect(both).toMatchObject({ exitCode: 2, stdout: '' });
    expect(both.stderr).toMatch(/^"seed1" is an experiment, and also names the run \S+; for the experiment write results\/seed1$/);
    mkdirSync(join(workplace.folder, 'outside'));
    writeFileSync(join(workplace.folder, 'outside', 'keep'), '');
    symlinkSync(join(workplace.folder, 'outside'), join(workplace.results, '.trash'));
    expect(await remove('sweep')).toMatchObject({
      exitCode: 2,
      stderr: 'results/.trash: expected a plain folder, found a link; remove it',
    });
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
    expect(existsSync(join(workplace.folder, 'outside', 'keep'))).toBe(true);
  });

  it('killed at any moment leaves it whole or gone, and --trash the rest', async () => {
    const many = join(folderOf(0), 'samples', 'many');
    for (const delayMs of [150, 250, 400]) {
      mkdirSync(many, { recursive: true });
      for (let file = 0; file < 2000; file++) writeFileSync(join(many, `${file}`), '');
      const rm = remove('sweep');
      await sleep(delayMs);
      rm.kill('SIGKILL');
      await rm;
      if (existsSync(sweepFolder(workplace))) expect(readdirSync(many)).toHaveLength(2000);
      else await workplace.facet('run', 'sweep.yaml');
      expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
    }
    const trash = join(workplace.results, '.trash');
    mkdirSync(join(trash, 'left-by-a-kill'), { recursive: true });
    expect((await remove('--trash')).stdout).toMatch(/Deleted [1-4] folders? in \.trash/);
    expect(readdirSync(trash)).toEqual([]);
    expect((await remove('--trash')).stdout).toBe('Nothing to delete.');
  });
});

describe('facet rm', () => {
  it('--former deletes the runs that the experiment was not last started with, and none where that is not known', async () => {
    await workplace.facet('run', 'sweep.yaml', '--set', 'training.batchSize=2');
    expect(readSweep(workplace).runs).toHaveLength(4);
    expect((await remove('--former')).stdout).toMatch(/Deleted 2 runs/);
    expect(readSweep(workplace).runs.map(({ current, state }) => [current, state])).toEqual([
      [true, 'succeeded'],
      [true, 'succeeded'],
    ]);
    rmSync(experimentRecordFile(sweepFolder(workplace)));
    expect(await remove('sweep', '--former')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('expected experiment.json') });
    expect(readSweep(workplace).runs).toHaveLength(2);
  });

  it('--reproductions deletes repetitions alone, of a run or of all; a run takes its own with it', async () => {
    const places = [repeat(0, 1), repeat(1, 1), repeat(1, 2)];
    expect((await remove('seed1', '--reproductions')).stdout).toMatch(/repetition 1, succeeded .*\nDeleted 1 repetition,/);
    expect(places.map((place) => existsSync(place))).toEqual([false, true, true]);
    expect((await remove('seed2')).stdout).toMatch(/Deleted 1 run, 2 repetitions,/);
    expect(places.map((place) => existsSync(place))).toEqual([false, false, false]);
    repeat(0, 1);
    expect((await remove('--reproductions')).stdout).toContain('Deleted 1 repetition');
    expect(statesOf(workplace)).toEqual(['succeeded', 'queued']);
  });

  it('--trash deletes what --fresh set aside', async () => {
    await workplace.facet('run', 'sweep.yaml', '--fresh');
    expect((await remove('sweep', '--trash')).stdout).toMatch(/^sweep\/\.trash +2 folders/m);
    expect(readdirSync(trashFolder(sweepFolder(workplace)))).toEqual([]);
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
  });

  it('--checkpoints keeps the last and the best of finished runs', async () => {
    const folder = folderOf(0);
    for (const step of [2, 4, 6, 8]) {
      mkdirSync(join(folder, 'checkpoints'), { recursive: true });
      writeFileSync(checkpointFile(folder, step), 'weights');
    }
    writeFileSync(join(folder, 'checkpoints', 'own.bin'), 'of somebody else');
    const lines = [2, 4, 6, 8].map((step) =>
      JSON.stringify({ step, epoch: step / 2, values: { slicedWasserstein: step === 4 ? 0.1 : 0.2 } }),
    );
    writeFileSync(evaluationsFile(folder), `${lines.join('\n')}\n`);
    const interrupted = folderOf(1);
    cpSync(join(folder, 'checkpoints'), join(interrupted, 'checkpoints'), { recursive: true });
    rmSync(join(interrupted, 'outcome.json'));
    const { stdout } = await remove('--checkpoints');
    expect(stdout).toMatch(/^sweep\/seed1-\w+ +2 of 4 checkpoints +14 B$/m);
    expect(stdout).toMatch(/Deleted 2 checkpoints, 14 B\.$/);
    expect(readdirSync(join(folder, 'checkpoints')).sort()).toEqual(['000004.safetensors', '000008.safetensors', 'own.bin']);
    expect(readdirSync(join(interrupted, 'checkpoints'))).toHaveLength(5);
    expect((await remove('sweep', '--checkpoints')).stdout).toBe('Nothing to delete.');
  });
});
