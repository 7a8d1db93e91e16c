// What a user can get wrong besides an experiment file: one clear line, no stack, nothing started, exit code 2.

import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeHolder } from '../../src/cli/text/describe-holder.ts';
import { explainError } from '../../src/cli/text/explain-error.ts';
import { commandFor } from '../../src/results/commands.ts';
import type { LeaseRecord } from '../../src/results/records.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed'];
  workplace.writeSweep(1);
});
afterEach(() => workplace.remove());

const expectOneLine = ({ exitCode, stdout, stderr }: { exitCode?: number; stdout: string; stderr: string }, answer: string): void => {
  expect(stderr).toContain(answer);
  expect(stderr.split('\n')).toHaveLength(1);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
};

describe('a results folder', () => {
  it.each([
    ['a file', 'sweep.yaml', 'sweep.yaml: expected a folder of results, found a file'],
    ['below a file', 'sweep.yaml/results', 'a part of its path is a file (ENOTDIR)'],
    ['nothing', '', 'expected a folder of results, got no name. Name another folder with --results'],
    ['a link that leads nowhere', 'dangling', 'a link that leads nowhere is in its place (EEXIST)'],
    ['a link to itself', 'loop', 'its links lead in a circle (ELOOP)'],
    ['a device', '/dev/null', 'expected a folder of results, found a file'],
    ['a place that takes no folders', '/proc/facet-results', 'it cannot be made: this file system makes no folders (ENOENT)'],
  ])(
    'that is %s is refused before anything starts',
    async (_case, results, answer) => {
      symlinkSync('nowhere/deeper', join(workplace.folder, 'dangling'));
      symlinkSync('loop', join(workplace.folder, 'loop'));
      expectOneLine(await workplace.facet('run', 'sweep.yaml', '--results', results), answer);
    },
    60_000,
  );

  it('that cannot be written to is refused before anything starts', async () => {
    mkdirSync(workplace.results);
    chmodSync(workplace.results, 0o555);
    chmodSync(workplace.folder, 0o755);
    const args = [join(FACET_ROOT, 'bin', 'facet.js'), 'run', 'sweep.yaml'];
    // To root nothing is forbidden.
    const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const env = { FACET_BACKEND: 'wasm', FACET_TRAINER: '' };
    const run = await execa(process.execPath, args, { cwd: workplace.folder, reject: false, stdin: 'ignore', env, ...somebody });
    expectOneLine(
      run,
      'results: expected a folder that can be written to, this user may not read or write there (EACCES). Name another folder with --results',
    );
    chmodSync(workplace.results, 0o755);
    expect(readdirSync(workplace.results)).toEqual([]);
  });

  it('with a file in the place of the experiment is refused', async () => {
    mkdirSync(workplace.results);
    writeFileSync(join(workplace.results, 'sweep'), '');
    expectOneLine(await workplace.facet('run', 'sweep.yaml'), 'results/sweep: expected a folder for the results, found a file');
  });

  it.each([['status'], ['stop', 'x'], ['logs', 'x'], ['rm', 'x'], ['dashboard'], ['plan', 'sweep.yaml']])(
    'that is a file is refused by %s too',
    async (...args) => {
      expectOneLine(await workplace.facet(...args, '--results', 'sweep.yaml'), 'sweep.yaml: expected a folder of results, found a file');
    },
  );
});

describe('FACET_TRAINER', () => {
  it.each([
    ['does not exist', 'nothing', 'FACET_TRAINER: expected a program, got "nothing", which does not exist'],
    ['is a script that does not exist', 'nothing.mjs', 'expected a JavaScript file, got "nothing.mjs", which does not exist'],
    ['is a folder', '.', 'expected a program, got ".", which is no file'],
    ['is not executable', 'sweep.yaml', 'expected a program, got "sweep.yaml", which is not executable (chmod +x)'],
  ])('that %s is refused before anything starts', async (_case, trainer, answer) => {
    workplace.env.FACET_TRAINER = trainer;
    expectOneLine(await workplace.facet('run', 'sweep.yaml'), answer);
    expect(existsSync(workplace.results)).toBe(false);
  });
});

describe('facet dashboard', () => {
  it.each([
    ['a port out of range', ['--port', '99999'], "argument '99999' is invalid. Expected a number from 0 to 65535."],
    ['a port that is no number', ['--port', '-1'], "argument '-1' is invalid. Expected a number from 0 to 65535."],
    ['an address of another machine', ['--host', '192.0.2.1'], 'choose another address with --host'],
    ['no address, which would mean all of them', ['--host', ''], '--host: expected an address of this machine, got nothing'],
  ])('refuses %s', async (_case, args, answer) => {
    const { exitCode, stdout, stderr } = await workplace.facet('dashboard', ...args);
    expect(stderr).toContain(answer);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

describe('what the system refuses', () => {
  const refusal = (fields: object) => Object.assign(new Error('ENOSPC: no space left on device, write'), fields);

  it('is explained, also where it names no file', () => {
    expect(explainError(refusal({ code: 'ENOSPC', syscall: 'write' }))).toMatch(
      /^no space is left on the disk \(ENOSPC\)\. Free some, then run/,
    );
    expect(explainError(refusal({ code: 'EROFS', syscall: 'open', path: 'results/x' }))).toMatch(
      /^results\/x: the file system is read-only \(EROFS\)\. .*--results$/,
    );
  });

  it('is a bug of Facet where a user could not have caused it', () => {
    expect(explainError(refusal({ code: 'EBADF', syscall: 'write' }))).toBeNull();
    expect(explainError(new TypeError('x is not a function'))).toBeNull();
  });
});

it('a network for features that is none is refused before the oracle and the runs are begun', async () => {
  workplace.env.FACET_TRAINER = '';
  workplace.env.FACET_BACKEND = 'wasm';
  workplace.writeText('evaluation: {oracle: true, features: sweep.yaml}');
  const run = await workplace.facet('run', 'sweep.yaml');
  const last = run.stderr.split('\n').at(-1);
  expect(last).toBe('evaluation.features: expected the model.json of a tfjs graph model, got "sweep.yaml": it is no JSON');
  expect(run.exitCode).toBe(2);
  expect(run.all).not.toContain('oracle');
  expect(readdirSync(workplace.results, { recursive: true }).filter((path) => String(path).endsWith('run.json'))).toEqual([]);
}, 60_000);

describe('a command to copy', () => {
  it('quotes the results folder where a shell would split it', () => {
    const lease = { pid: 7, host: 'elsewhere', since: '2026-01-01' } as LeaseRecord;
    const holder = describeHolder('sweep', 'my results/sweep/runner.json', lease);
    expect(holder).toContain("npx facet stop sweep --results 'my results'");
    expect(commandFor("it's", 'run', 'my sweep.yaml')).toBe("npx facet run 'my sweep.yaml' --results 'it'\\''s'");
    expect(commandFor('results', 'run', 'sweep.yaml')).toBe('npx facet run sweep.yaml');
  });
});
