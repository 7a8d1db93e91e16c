// facet init: a folder from which a newcomer goes on, and nothing of his that is lost.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

const path = (...names: string[]) => join(workplace.folder, ...names);
const read = (...names: string[]) => readFileSync(path(...names), 'utf8');

it('writes an experiment that runs as it is, with the schema that it names, and says the next command', async () => {
  const { exitCode, stdout } = await workplace.facet('init', 'my faces');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/^Wrote first-sweep\.yaml, facet\.schema\.json, \.gitignore\nNext: cd 'my faces' && .+ run first-sweep\.yaml$/),
  ]);
  expect(readdirSync(path('my faces')).toSorted()).toEqual(['.gitignore', 'facet.schema.json', 'first-sweep.yaml']);
  expect(/^# yaml-language-server: \$schema=\.\/(.+)$/m.exec(read('my faces', 'first-sweep.yaml'))![1]).toBe('facet.schema.json');
  expect(JSON.parse(read('my faces', 'facet.schema.json')).properties).toHaveProperty('sweep');
  const [, next] = /^Next: (.*)$/m.exec(stdout)!;
  workplace.prefix = ['bash', '-c', `${next!.replace(' run ', ' plan ')} --json`];
  const plan = JSON.parse((await workplace.facet()).stdout);
  expect(plan.runs).toHaveLength(2);
});

it('keeps what is there, whatever it is, and says what to add to a .gitignore', async () => {
  writeFileSync(path('first-sweep.yaml'), 'mine');
  writeFileSync(path('.gitignore'), '/node_modules\n*.log\n');
  const { exitCode, stdout } = await workplace.facet('init');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^Wrote facet\.schema\.json\nKept as they are: first-sweep\.yaml, \.gitignore\nAdd to \.gitignore: results\/\nNext: [^&]+$/,
  );
  expect(read('first-sweep.yaml')).toBe('mine');
  expect(read('.gitignore')).toBe('/node_modules\n*.log\n');
});

it('refuses a file in place of the folder, and one that cannot be made', async () => {
  mkdirSync(path('x'));
  writeFileSync(path('x', 'notes'), '');
  const file = await workplace.facet('init', 'x/notes');
  expect([file.exitCode, file.stderr]).toEqual([2, 'expected a folder, or a name for a new one, got "x/notes", which is a file']);
  const below = await workplace.facet('init', 'x/notes/more');
  expect([below.exitCode, below.stderr]).toEqual([2, expect.stringContaining('"x/notes/more" cannot be made')]);
});
