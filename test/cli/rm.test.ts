// facet rm, as a process: with --yes, without a terminal, and at a real one.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trashFolder } from '../../src/results/paths.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { pidOf, readSweep, statesOf, sweepFolder, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(async () => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'succeed', 'succeed'];
  workplace.writeSweep(3);
});
afterEach(() => workplace.remove());

const idOf = (index: number) => readSweep(workplace).runs[index]!.id;
const trash = () => (existsSync(trashFolder(sweepFolder(workplace))) ? readdirSync(trashFolder(sweepFolder(workplace))) : []);

describe('facet rm', () => {
  it('says what would go and how large it is, deletes it, and a sweep trains it again', async () => {
    await workplace.facet('run', 'sweep.yaml');
    const [first, second] = [idOf(0), idOf(1)];
    const rm = await workplace.facet('rm', first, `sweep/${second}`, `results/sweep/${second}/`, '--yes');
    expect(rm).toMatchObject({ exitCode: 0, stderr: '' });
    expect(rm.stdout.split('\n')).toEqual([
      expect.stringMatching(/^run +state +size$/),
      expect.stringMatching(new RegExp(`^sweep/${first} +succeeded +\\d+(?:\\.\\d)? KB$`)),
      expect.stringMatching(new RegExp(`^sweep/${second} +succeeded +\\d+(?:\\.\\d)? KB$`)),
      expect.stringMatching(/^Deleted 2 runs, \d+(?:\.\d)? KB\.$/),
    ]);
    expect(statesOf(workplace)).toEqual(['queued', 'queued', 'succeeded']);
    expect(readdirSync(sweepFolder(workplace)).filter((name) => name.startsWith('seed'))).toEqual([idOf(2)]);
    expect(trash()).toEqual([]);
    expect((await workplace.facet('run', 'sweep.yaml')).stdout).toContain('2 runs to do');
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('deletes nothing without --yes where nobody can be asked, nor where one of the names is wrong', async () => {
    await workplace.facet('run', 'sweep.yaml');
    const unasked = await workplace.facet('rm', 'seed1');
    expect(unasked).toMatchObject({ exitCode: 2, stderr: 'Nobody can be asked here: add --yes to delete without asking' });
    const wrong = await workplace.facet('rm', 'seed1', 'seed9', '--yes');
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^Expected .*got "seed9"/) });
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it.each([
    ['y', 'Deleted 1 run', ['queued', 'succeeded', 'succeeded']],
    ['n', 'Nothing was deleted.', ['succeeded', 'succeeded', 'succeeded']],
    ['', 'Nothing was deleted.', ['succeeded', 'succeeded', 'succeeded']],
  ])('asks at a terminal, and takes %j for what it is', async (answer, words, states) => {
    await workplace.facet('run', 'sweep.yaml');
    const command = `${process.execPath} ${join(FACET_ROOT, 'bin/facet.js')} rm seed1`;
    const typed = execa('script', ['-qec', command, '/dev/null'], { cwd: workplace.folder, reject: false });
    let shown = '';
    typed.stdout.on('data', (bytes) => {
      if (!shown.includes('y/N') && `${shown}${bytes}`.includes('y/N')) typed.stdin.write(`${answer}\r`);
      shown += bytes;
    });
    const { exitCode } = await typed;
    expect(shown).toContain('Delete 1 run');
    expect(shown).toContain(words);
    expect(exitCode).toBe(0);
    expect(statesOf(workplace)).toEqual(states);
  });

  it('refuses runs that are being trained, and those that may be at any moment, naming the process', async () => {
    workplace.env.TRAINER_STEP_MS = '300';
    workplace.writeSweep(3, 'execution: {parallel: 1}');
    mkdirSync(join(sweepFolder(workplace)), { recursive: true });
    const runner = workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=40');
    await untilTraining(workplace, 1);
    const running = await workplace.facet('rm', 'seed1', '--yes');
    expect(running).toMatchObject({ exitCode: 3, stdout: '' });
    const pid = pidOf(readSweep(workplace).runs[0]!.folder);
    expect(running.stderr).toMatch(
      new RegExp(`^sweep/seed1-\\w+ cannot be deleted: process ${pid} on .* Stop it with: npx facet stop sweep$`),
    );

    cpSync(readSweep(workplace).runs[0]!.folder, join(sweepFolder(workplace), idOf(1)), { recursive: true });
    rmSync(join(sweepFolder(workplace), idOf(1), 'lease.json'));
    const waiting = await workplace.facet('rm', idOf(1), '--yes');
    expect(waiting).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`process ${runner.pid} on `) });
    rmSync(join(sweepFolder(workplace), idOf(1)), { recursive: true });
    runner.kill('SIGINT');
    await runner;
    expect((await workplace.facet('rm', 'seed1', '--yes')).exitCode).toBe(0);
  });

  it('never leaves the results: not through links, not by "..", and not into a linked .trash', async () => {
    await workplace.facet('run', 'sweep.yaml');
    const outside = join(workplace.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'run.json'), '{}');
    symlinkSync(outside, join(sweepFolder(workplace), 'linked-run'));
    symlinkSync(workplace.folder, join(workplace.results, 'linked-experiment'));
    for (const name of [
      'outside',
      '../outside',
      'linked-run',
      'sweep/linked-run',
      'linked-experiment/outside',
      'sweep/../../outside',
      '.',
      '/',
      '',
    ]) {
      const rm = await workplace.facet('rm', name, '--yes');
      expect(rm).toMatchObject({ exitCode: 2, stdout: '' });
      expect(rm.stderr).toMatch(/^Expected |is a link, which is not followed/);
    }
    const first = readSweep(workplace).runs[0]!.folder;
    symlinkSync(join(outside, 'run.json'), join(first, 'link'));
    symlinkSync(outside, trashFolder(sweepFolder(workplace)));
    const linked = await workplace.facet('rm', 'seed1', '--yes');
    expect(linked).toMatchObject({ exitCode: 2, stderr: 'results/sweep/.trash: expected a plain folder, found a link; remove it' });
    rmSync(trashFolder(sweepFolder(workplace)));
    expect((await workplace.facet('rm', 'seed1', '--yes')).exitCode).toBe(0);
    expect(readFileSync(join(outside, 'run.json'), 'utf8')).toBe('{}');
    expect(readdirSync(outside)).toEqual(['run.json']);
  });
});
