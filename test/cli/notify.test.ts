// execution.notify: a program of somebody's own, called by a sweep and by facet doctor --notify.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Notice, notify } from '../../src/cli/unattended/notify.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env.TRAINER_STEP_MS = '10';
});
afterEach(() => workplace.remove());

interface Told {
  notice: Notice;
  variables: Record<string, string>;
  argument: string;
}

/** Writes what it was told into a file for each call. */
const LISTENER = `
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
const variables = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^FACET_(EVENT|RUN|MESSAGE|EXPERIMENT|FOLDER)$/.test(name)));
const told = { notice: JSON.parse(readFileSync(0, 'utf8')), variables, argument: process.argv[2] };
writeFileSync('told-' + process.env.FACET_EVENT + '.json', JSON.stringify(told), { flag: 'wx' });
`;
const told = (event: string): Told => JSON.parse(readFileSync(join(workplace.folder, `told-${event}.json`), 'utf8'));
const listen = (runs: number, command: string[] = [process.execPath, 'listen.mjs', '$HOME; rm -rf "x"']) => {
  writeFileSync(join(workplace.folder, 'listen.mjs'), LISTENER);
  workplace.writeSweep(runs, `execution: {parallel: 1, notify: ${JSON.stringify(command)}}`);
};

it('is called for the first run that fails and at the end, with what happened, and without a shell', async () => {
  workplace.trainers = ['fail', 'fail', 'succeed'];
  listen(3);
  const { exitCode, stderr } = await workplace.facet('run', 'sweep.yaml');
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  const { runs } = readSweep(workplace);
  const failed = told('failed');
  expect(failed.notice).toMatchObject({ format: 1, event: 'failed', experiment: 'sweep', run: { id: runs[0]!.id, state: 'crashed' } });
  expect(failed.notice.message).toContain(`sweep: ${runs[0]!.id} crashed: `);
  expect(failed.variables).toMatchObject({ FACET_EVENT: 'failed', FACET_RUN: runs[0]!.id, FACET_MESSAGE: failed.notice.message });
  expect(failed.argument).toBe('$HOME; rm -rf "x"');
  const { notice, variables } = told('ended');
  expect(notice).toMatchObject({ counts: { succeeded: 1, crashed: 2 }, exitCode: 1 });
  expect(notice.message).toBe('sweep has ended. 3 runs: 1 succeeded, 2 crashed.');
  expect(variables).toEqual({
    FACET_EVENT: 'ended',
    FACET_EXPERIMENT: 'sweep',
    FACET_FOLDER: notice.folder,
    FACET_MESSAGE: notice.message,
  });
  expect(existsSync(notice.folder)).toBe(true);
});

it('is told of a stop, and never of a second runner', async () => {
  workplace.trainers = ['succeed'];
  listen(1);
  const runner = workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=100000');
  await untilTraining(workplace, 1);
  expect((await workplace.facet('run', 'sweep.yaml')).exitCode).toBe(3);
  expect(readdirSync(workplace.folder).filter((name) => name.startsWith('told'))).toEqual([]);
  await workplace.facet('stop', 'sweep');
  expect((await runner).exitCode).toBe(130);
  expect(told('ended').notice).toMatchObject({ exitCode: 130, message: 'sweep was stopped. 1 run: 1 stopped.' });
});

it.each([
  ['is nowhere', ['no-such-program'], /^execution\.notify: "no-such-program" is no program that can be found$/],
  [
    'fails',
    [process.execPath, '-e', 'console.error("no route to\\nhost"); process.exit(7)'],
    /^execution\.notify: ".+" ended with code 7: host$/,
  ],
  ['does not read what it is told', ['true'], /^$/],
])('a program that %s ends no sweep and takes one line', async (_what, command, line) => {
  workplace.trainers = ['succeed'];
  listen(1, command);
  const { exitCode, stderr } = await workplace.facet('run', 'sweep.yaml');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(line);
});

it('a program that does not end is ended, with what it has started', async () => {
  const marker = join(workplace.folder, 'pid');
  const notice: Notice = { format: 1, event: 'test', experiment: 'x', folder: '/', host: 'here', message: 'a try' };
  const script = `sleep 1000 & echo $! > ${marker}; wait`;
  const problem = await notify(['sh', '-c', script], notice, 1000);
  expect(problem).toBe('execution.notify: "sh" did not end within 1 s and was ended');
  const pid = Number(readFileSync(marker, 'utf8'));
  await expect.poll(() => isRunning(pid)).toBe(false);
});

it('facet doctor --notify tries that of a file, or of the experiment that was started last', async () => {
  workplace.trainers = ['succeed'];
  listen(1);
  const tried = await workplace.facet('doctor', '--notify', 'sweep.yaml');
  expect(tried).toMatchObject({ exitCode: 0, stdout: 'sweep: the program of execution.notify was called and ended well.' });
  expect(told('test').notice).toMatchObject({ event: 'test', experiment: 'sweep' });
  expect(await workplace.facet('doctor', '--notify')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('holds no experiment'),
  });
  await workplace.facet('run', 'sweep.yaml');
  const again = await workplace.facet('doctor', '--notify');
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/ended with code 1: /) }); // the file is there already
  workplace.writeSweep(1);
  const none = await workplace.facet('doctor', '--notify', 'sweep.yaml');
  expect(none).toMatchObject({ exitCode: 2, stderr: 'sweep.yaml: expected execution.notify: [program, argument, …], got none' });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
