// facet note, and where notes show, as a process.

import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noteFile } from '../../src/results/paths.ts';
import { readNote } from '../../src/results/runs/notes.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeAll(async () => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'succeed'];
  workplace.writeSweep(2);
  await workplace.facet('run', 'sweep.yaml');
});
afterAll(() => workplace.remove());

const folderOf = (index: number) => readSweep(workplace).runs[index]!.folder;

it('writes a text and tags, shows them, and takes them off again', async () => {
  const written = await workplace.facet('note', 'seed1', 'the best hair', 'so far', '--tag', 'paper', '--tag', 'keep');
  expect(written).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringMatching(/^sweep\/seed1-\w+\n {2}#keep #paper\n {2}the best hair so far$/),
  });
  const shown = await workplace.facet('note', 'seed1', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({
    experiment: 'sweep',
    text: 'the best hair so far',
    tags: ['keep', 'paper'],
    problem: null,
  });
  expect((await workplace.facet('note', 'seed1', '--untag', 'keep')).stdout).toMatch(/\n {2}#paper\n {2}the best hair so far$/);
  expect((await workplace.facet('note', 'seed1', 'anew', '--clear')).stdout).toMatch(/^\S+\n {2}anew$/);
  expect((await workplace.facet('note', 'seed1', '--clear')).stdout).toMatch(/ has no note\.$/);
  expect(existsSync(noteFile(folderOf(0)))).toBe(false);
});

it('shows in the status of the experiment, as text and as JSON, and a sweep leaves it alone', async () => {
  await workplace.facet('note', 'seed2', 'odd\neyes\u001b[2J', '--tag', 'paper');
  const { stdout } = await workplace.facet('status', 'sweep');
  expect(stdout).toMatch(/^run .* note$/m);
  expect(stdout).toMatch(/^seed2-.* #paper {2}odd eyes\[2J$/m);
  const { runs } = JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout);
  expect(runs.map(({ ownNote, tags }: { ownNote: string; tags: string[] }) => [ownNote, tags])).toEqual([
    ['', []],
    ['odd\neyes[2J', ['paper']],
  ]);
  expect((await workplace.facet('run', 'sweep.yaml', '--set', 'samples.rows=3')).exitCode).toBe(0);
  expect(readNote(folderOf(1)).note.tags).toEqual(['paper']);
});

it('says in one line what is wrong, and changes nothing', async () => {
  const tag = await workplace.facet('note', 'seed2', '--tag', 'two words');
  expect(tag).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^Expected a tag .* got "two words"$/) });
  expect(await workplace.facet('note', 'seed9')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('got "seed9"') });
  expect(await workplace.facet('note', 'seed2', '  ')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--clear removes') });
  expect(readNote(folderOf(1)).note.tags).toEqual(['paper']);
  writeFileSync(noteFile(folderOf(0)), '{');
  const damaged = await workplace.facet('note', 'seed1', '--tag', 'a');
  expect(damaged).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/note\.json: expected a note, .*; nothing was changed$/) });
  expect((await workplace.facet('status', 'sweep')).stdout).toContain('note.json: expected a note');
  expect((await workplace.facet('note', 'seed1', 'anew', '--clear')).exitCode).toBe(0);
});
