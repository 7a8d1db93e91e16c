// When the dashboard starts a command for a run, and when not.

import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRunStarter } from '../../src/cli/one-run/run-starter.ts';
import { experimentRecordFile } from '../../src/results/paths.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-starter-'));
  mkdirSync(join(folder, 'results', 'e'), { recursive: true });
  writeFileSync(join(folder, 'e.yaml'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const recordFile = () => experimentRecordFile(join(folder, 'results', 'e'));
const problemOf = (record: object) => {
  const whole = { format: 1, name: 'e', description: null, file: 'e.yaml', startedAt: '', runs: [], workingDirectory: folder, ...record };
  writeFileSync(recordFile(), JSON.stringify(whole));
  return createRunStarter(join(folder, 'results')).findProblem({ experiment: 'e', id: 'one' });
};
const command = ['facet', 'run', 'e.yaml', '--fresh'];

it('starts what a command of this user has started, where its file is still there', () => {
  expect(problemOf({ command })).toBeNull();
  expect(problemOf({ command, file: 'gone.yaml' })).toMatch(/is not there any more: gone\.yaml/);
  expect(problemOf({ command, workingDirectory: join(folder, 'gone') })).toMatch(/is not there any more/);
});

it.each([undefined, 'facet run', ['rm', '-rf', '/'], ['facet', 'rm', 'e'], ['facet', 'run', 1]])(
  'starts nothing where the record names as its command %j',
  (given) => {
    expect(problemOf({ command: given })).toMatch(/does not tell by which command/);
  },
);

it.runIf(process.getuid?.() === 0)('starts nothing that another user has written', () => {
  problemOf({ command });
  chownSync(recordFile(), 65_534, 65_534);
  expect(createRunStarter(join(folder, 'results')).findProblem({ experiment: 'e', id: 'one' })).toBe('It was started by another user.');
});
