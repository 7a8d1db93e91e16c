// facet run --detach, as processes.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLiveLease } from '../../src/results/leases/lease.ts';
import { runnerLeaseFile } from '../../src/results/paths.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep, statesOf, sweepFolder, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'fail'];
  workplace.env.TRAINER_STEP_MS = '150';
});
afterEach(async () => {
  if (existsSync(sweepFolder(workplace))) await workplace.facet('stop', 'sweep', '--now');
  workplace.remove();
});

const holder = () => readLiveLease(runnerLeaseFile(sweepFolder(workplace)));
const logs = () => readdirSync(sweepFolder(workplace)).filter((name) => name.startsWith('detached-'));
/** Field 6 of stat: the session. */
const sessionOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[3];

const long = ['run', 'sweep.yaml', '--set', 'training.epochs=2000'];

it('returns once the sweep has begun, which goes on in a session of its own, is told by status, and is stopped by stop', async () => {
  workplace.writeSweep(2, 'execution: {parallel: 2}');
  const { exitCode, stdout, stderr } = await workplace.facet(...long, '--detach');
  const runner = holder()!;
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/^sweep: 2 runs to do, as process \d+, and goes on without this terminal\.$/m);
  expect(stdout).toContain(`as process ${runner.pid},`);
  const log = /^Its output: +(.+)$/m.exec(stdout)![1]!;
  expect(logs()).toEqual([log.slice(log.lastIndexOf('/') + 1)]);
  if (process.platform === 'linux') expect(sessionOf(runner.pid)).toBe(String(runner.pid));

  await untilTraining(workplace, 1);
  const status = await workplace.facet('status', 'sweep');
  expect(status.stdout).toContain(`run by process ${runner.pid}`);
  expect(status.stdout).toContain(`\n  its output: results/sweep/${logs()[0]}\n`);
  const json = JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout);
  expect(json.runner).toMatchObject({ pid: runner.pid, log, waitsBehind: null });
  expect((await workplace.facet(...long, '--detach')).exitCode).toBe(3);

  const attached = workplace.facet(...long, '--attach');
  await attached.stdout.take(1).toArray();
  expect((await workplace.facet('stop', 'sweep')).stdout).toMatch(/Go on with: .*facet run sweep\.yaml --set training\.epochs=2000$/);
  expect((await attached).exitCode).toBe(1); // one of them has failed
  expect(readFileSync(log, 'utf8')).toContain('0 of 2 runs succeeded, 1 failed, 1 not finished');
  expect(statesOf(workplace)).toEqual(['cancelled', 'crashed']);
  expect(readdirSync(sweepFolder(workplace))).not.toContain('holder.json');
  expect(readSweep(workplace).record?.command).not.toContain('--detach');
});

it('says in one line why it could not begin, with the exit code of a sweep that is not detached, and leaves nothing', async () => {
  const tryBoth = async () => {
    const plain = await workplace.facet('run', 'sweep.yaml');
    const detached = await workplace.facet('run', 'sweep.yaml', '--detach');
    expect(detached).toMatchObject({ exitCode: plain.exitCode, stderr: plain.stderr, stdout: '' });
    return plain;
  };
  writeFileSync(join(workplace.folder, 'sweep.yaml'), 'name: sweep\nattributes: [Malle]\n');
  expect(await tryBoth()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Malle') });
  workplace.writeSweep(1);
  workplace.env.FACET_CACHE = '/dev/null';
  expect(await tryBoth()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('FACET_CACHE') });
  expect(existsSync(sweepFolder(workplace)) ? logs() : []).toEqual([]);
});

it('Ctrl-C before it has begun stops it', async () => {
  workplace.writeSweep(1);
  workplace.env.FACET_CACHE = join(workplace.folder, 'cache');
  const started = workplace.facet('run', 'sweep.yaml', '--set', 'dataset.images=200000', '--detach');
  await expect.poll(holder, { timeout: 60_000 }).not.toBeNull();
  started.kill('SIGINT');
  const { exitCode, stderr } = await started;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('Stopped before any run was started.');
  expect(holder()).toBeNull();
  expect(logs()).toEqual([]);
});
