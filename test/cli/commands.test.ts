// The other commands, as processes.

import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcomeFile, runFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

describe('facet plan', () => {
  it('shows each run with its axes and what would happen, and leaves nothing behind', async () => {
    workplace.writeSweep(2);
    const { stdout, exitCode } = await workplace.facet('plan', 'sweep.yaml');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^run +training\.seed +would +because\nseed1-[0-9a-f]{12} +1 +start +new\nseed2-/);
    expect(stdout).toContain('2 runs: 2 to start, 0 to go on with, 0 to leave alone.');
    expect(existsSync(workplace.results)).toBe(false);
  });

  it('tells done from not done, as text and as JSON', async () => {
    workplace.trainers = ['succeed', 'fail', 'diverge'];
    workplace.writeSweep(3);
    await workplace.facet('run', 'sweep.yaml');
    const { stdout } = await workplace.facet('plan', 'sweep.yaml', '--json');
    const plan = JSON.parse(stdout);
    expect(plan.counts).toEqual({ start: 0, resume: 0, skip: 3 });
    expect(plan.runs.map((run: { state: string; action: string }) => [run.state, run.action])).toEqual([
      ['succeeded', 'skip'],
      ['crashed', 'skip'],
      ['diverged', 'skip'],
    ]);
    expect(plan.runs[1].config.training.seed).toBe(2);
    const again = JSON.parse((await workplace.facet('plan', 'sweep.yaml', '--json', '--retry-failed')).stdout);
    expect(again.counts).toEqual({ start: 0, resume: 2, skip: 1 });
  });

  it('says which runs would be left alone because what they began with cannot be read', async () => {
    workplace.writeSweep(2);
    workplace.trainers = ['succeed', 'succeed'];
    await workplace.facet('run', 'sweep.yaml');
    const [first] = readExperiment(workplace.results, 'sweep').runs;
    rmSync(outcomeFile(first!.folder));
    rmSync(runFile(first!.folder));
    symlinkSync('run.json', runFile(first!.folder)); // leads to itself
    const { stdout, exitCode } = await workplace.facet('plan', 'sweep.yaml', '--json');
    expect(exitCode).toBe(0);
    const plan = JSON.parse(stdout);
    const reason = expect.stringMatching(/run\.json: expected a plain file, found a link$/);
    expect(plan.runs[0]).toMatchObject({ id: first!.id, state: 'interrupted', action: 'skip', reason });
    expect(plan.counts).toEqual({ start: 0, resume: 0, skip: 2 });
    expect((await workplace.facet('plan', 'sweep.yaml')).stdout).toMatch(/skip +\S+run\.json: expected a plain file, found a link$/m);
  });

  it('says how many points of the sweep train the same weights, and plans one run for them', async () => {
    workplace.writeText('sweep: {grid: {training.seed: [1, 2], samples.rows: [4, 8]}}');
    const { stdout } = await workplace.facet('plan', 'sweep.yaml');
    expect(stdout).toContain('2 runs: 2 to start');
    expect(stdout).toContain('2 points of the sweep train the same weights as others: each of these runs is trained once.');
  });

  it('shows only so many runs as asked for, and ends quietly when nobody reads on', async () => {
    workplace.writeSweep(500);
    const { stdout } = await workplace.facet('plan', 'sweep.yaml', '--limit', '3');
    expect(stdout).toContain('… and 497 more runs (--limit 0 shows all)');
    const command = `${process.execPath} ${join(FACET_ROOT, 'bin/facet.js')} plan sweep.yaml --limit 0 | head -1`;
    const piped = await execa('sh', ['-c', command], { cwd: workplace.folder, reject: false });
    expect(piped).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('facet validate', () => {
  it('passes a good file and names every fault of a bad one, without a stack', async () => {
    workplace.writeSweep(2);
    writeFileSync(join(workplace.folder, 'bad.yaml'), 'name: bad\nattributes: [Mael]\ntraining: {epochs: 0, batchsize: 4}\n');
    const { exitCode, stdout, stderr } = await workplace.facet('validate', 'sweep.yaml', 'bad.yaml');
    expect(exitCode).toBe(2);
    expect(stdout).toBe('sweep.yaml: ok, 2 runs');
    const lines = stderr.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^bad\.yaml:2:14 {2}attributes\[0\]: .*"Mael".*"Male"/);
    for (const line of lines) expect(line).toMatch(/^bad\.yaml:\d+:\d+ {2}/);
  });

  it('follows extends relative to the file that says so', async () => {
    workplace.writeSweep(2);
    writeFileSync(join(workplace.folder, 'wide.yaml'), 'name: wide\nextends: ./sweep.yaml\nmodel: {width: 64}\n');
    expect(await workplace.facet('validate', 'wide.yaml')).toMatchObject({ exitCode: 0, stdout: 'wide.yaml: ok, 2 runs' });
  });
});

describe('a mistake on the command line', () => {
  it.each([
    ['a file that is not there', ['run', 'nothing.yaml'], 'nothing.yaml  expected an experiment file, got one that does not exist'],
    ['a folder for a file', ['plan', '.'], '.  expected an experiment file, got one that is a folder'],
    ['a fault in --set', ['run', 'sweep.yaml', '--set', 'training.epochs=-1'], '--set training.epochs=-1  training.epochs: expected'],
    ['a misspelt command', ['rune', 'sweep.yaml'], 'Did you mean run?'],
    ['a limit that is no number', ['plan', 'sweep.yaml', '--limit', 'x'], 'Expected a whole number.'],
    ['a results folder that cannot be made', ['run', 'sweep.yaml', '--results', 'sweep.yaml/results'], 'ENOTDIR'],
    ['a grace period that is no number', ['run', 'sweep.yaml'], 'FACET_GRACE_SECONDS: expected a number', { FACET_GRACE_SECONDS: 'abc' }],
    ['a precision that the backend lacks', ['run', 'sweep.yaml', '--set', 'training.precision=bfloat16'], 'which needs native TensorFlow'],
    ['more GPUs than a backend that is not there', ['run', 'sweep.yaml'], 'FACET_BACKEND', { FACET_BACKEND: 'cuda' }],
  ])('%s gets one answer, no stack, and exit code 2', async (_case, args, answer, env: Record<string, string> = {}) => {
    workplace.writeSweep(1);
    Object.assign(workplace.env, env);
    const { exitCode, stderr } = await workplace.facet(...(args as string[]));
    expect(stderr).toContain(answer);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(2);
  });
});

it('prints help and the version', async () => {
  const help = await workplace.facet('--help');
  for (const command of ['run', 'plan', 'validate', 'dashboard', 'doctor']) expect(help.stdout).toContain(`\n  ${command} `);
  expect(await workplace.facet('--version')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
});

it('serves the dashboard until it is stopped', async () => {
  workplace.trainers = ['succeed'];
  workplace.writeSweep(1);
  await workplace.facet('run', 'sweep.yaml');
  const dashboard = workplace.facet('dashboard', '--port', '0');
  const [line] = await dashboard.stdout.take(1).toArray();
  const page = await fetch(/http:\S+/.exec(String(line))![0]);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('sweep');
  dashboard.kill('SIGINT');
  expect((await dashboard).exitCode).toBe(0);
});

it('tells with doctor what the machine trains on', async () => {
  const { stdout, exitCode } = await workplace.facet('doctor', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).backend.name).toBe('wasm');
});
