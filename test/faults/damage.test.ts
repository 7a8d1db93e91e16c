// Files that are not what was written: torn, emptied, scribbled in. And what is no fault of a file: a clock that jumps, a
// folder that nobody may write into, a disk that is really full.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { logFile, metricsFile, outcomeFile, runFile, runnerLeaseFile } from '../../src/results/paths.ts';
import { type Run, readExperiment } from '../../src/results/read.ts';
import { type Battlefield, buildPrograms, createBattlefield, type Programs } from './battlefield.ts';
import { hashOf, newestCheckpoint, type Reference } from './promises.ts';
import { runUndisturbed } from './reference.ts';
import { buildShim } from './shim.ts';

const isLinux = process.platform === 'linux';
/** A mount that only the given command sees. */
const UNSHARE = ['unshare', '--mount', 'sh', '-c'];
const canMount =
  isLinux && (await execa('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()], { reject: false })).exitCode === 0;

/** For a machine with other work. */
const LONG = { timeout: 240_000 };

let programs: Programs;
let reference: Reference;
let field: Battlefield;
beforeAll(async () => {
  programs = await buildPrograms();
  ({ reference } = await runUndisturbed(programs));
});
afterAll(() => programs?.remove());
beforeEach(() => {
  field = createBattlefield(programs);
  field.env.FAULTS_STEP_MS = '0';
});
afterEach(() => field.remove());

const runs = () => readExperiment(field.results, 'sweep').runs;
const run = (more: string[] = []) => field.facet('run', 'sweep.yaml', ...more);
const experiment = () => join(field.results, 'sweep');
const isAsUndisturbed = ({ id, folder }: Run) =>
  readFileSync(metricsFile(folder)).equals(reference.get(hashOf(id))!.metrics) &&
  newestCheckpoint(folder).equals(reference.get(hashOf(id))!.weights);

/** As after a kill in the last epoch: no outcome, and the newest checkpoint not written yet. */
function unfinish({ folder }: Run): void {
  rmSync(outcomeFile(folder));
  rmSync(listCheckpoints(folder)[0]!.path);
}

describe('damaged files', () => {
  it('cost no run its result, and are named where they stay', LONG, async () => {
    field.writeSweep(6, { parallel: 3 });
    expect((await run()).exitCode).toBe(0);
    const [torn, scribbled, truncated, recordless, outcomeless, leaseless] = runs() as [Run, Run, Run, Run, Run, Run];
    for (const each of [torn, scribbled, recordless]) unfinish(each);
    rmSync(outcomeFile(truncated.folder)); // its newest checkpoint is damaged below: the one before it stays
    truncateSync(metricsFile(torn.folder), readFileSync(metricsFile(torn.folder)).length - 20);
    const lines = readFileSync(metricsFile(scribbled.folder), 'utf8').split('\n');
    lines.splice(4, 0, '\u0000\u0000 no record');
    writeFileSync(metricsFile(scribbled.folder), lines.join('\n'));
    const [newest] = listCheckpoints(truncated.folder);
    truncateSync(newest!.path, 100);
    for (const path of [runFile(recordless.folder), outcomeFile(outcomeless.folder)]) writeFileSync(path, '');
    rmSync(outcomeFile(leaseless.folder));
    writeFileSync(join(leaseless.folder, 'lease.json'), '');
    for (const path of [runnerLeaseFile(experiment()), join(experiment(), 'experiment.json')]) writeFileSync(path, '');

    const damaged = readExperiment(field.results, 'sweep');
    const problems = [...damaged.problems, ...damaged.runs.flatMap((each) => each.problems)].map((problem) => problem.split(':')[0]);
    expect(problems.sort()).toEqual(
      [join(experiment(), 'experiment.json'), runFile(recordless.folder), outcomeFile(outcomeless.folder)].sort(),
    );
    expect(damaged.runs.filter(({ state }) => state === 'running')).toEqual([]);

    const { exitCode, all } = await run();
    expect(exitCode, all).toBe(0);
    for (const each of runs().filter(({ id }) => id !== scribbled.id)) expect(isAsUndisturbed(each), each.id).toBe(true);
    expect(readFileSync(logFile(truncated.folder), 'utf8')).toContain(`Checkpoint ${newest!.path.slice(field.folder.length + 1)} `);
    const { records, problems: bad } = readMetrics(metricsFile(scribbled.folder));
    expect(records.map((record) => `${JSON.stringify(record)}\n`).join('')).toBe(reference.get(hashOf(scribbled.id))!.metrics.toString());
    expect(bad).toEqual([expect.stringContaining(`${metricsFile(scribbled.folder)}:5  expected a metrics record`)]);
  });
});

describe('a run whose checkpoints', () => {
  const only = () => runs()[0]!;
  const bytesOf = (folder: string) =>
    Object.fromEntries(
      [metricsFile(folder), ...listCheckpoints(folder).map(({ path }) => path)].map((path) => [path, readFileSync(path).toString('hex')]),
    );

  it('are all damaged fails with one line, nothing is cut, and a whole one put back lets it go on', LONG, async () => {
    field.writeSweep(1, {});
    expect((await run()).exitCode).toBe(0);
    unfinish(only());
    const path = listCheckpoints(only().folder)[0]?.path;
    const whole = readFileSync(path!);
    for (const checkpoint of listCheckpoints(only().folder)) truncateSync(checkpoint.path, 100);
    const before = bytesOf(only().folder);
    const failed = await run();
    expect(failed.exitCode, failed.all).toBe(1);
    expect(only().outcome).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(
        /^\S+checkpoints: .*damaged, so the run cannot go on\. Nothing was changed\. Put a whole checkpoint there, or delete/,
      ),
    });
    expect(bytesOf(only().folder)).toEqual(before);
    writeFileSync(path!, whole);
    expect((await run(['--retry-failed'])).exitCode).toBe(0);
    expect(isAsUndisturbed(only())).toBe(true);
  });

  it('are damaged and deleted, as the failure advises, is trained from its first step', LONG, async () => {
    field.writeSweep(1, {});
    expect((await run()).exitCode).toBe(0);
    unfinish(only());
    for (const checkpoint of listCheckpoints(only().folder)) truncateSync(checkpoint.path, 100);
    expect((await run()).exitCode).toBe(1);
    rmSync(join(only().folder, 'checkpoints'), { recursive: true });
    expect((await run(['--retry-failed'])).exitCode).toBe(0);
    expect(isAsUndisturbed(only())).toBe(true);
  });

  it.runIf(isLinux).each([
    ['EIO', 'pread', 'the disk reports an error (EIO)'],
    ['ESTALE', 'pread', 'the network file system has lost it (ESTALE)'],
    ['EACCES', 'open', 'this user may not read or write there (EACCES)'],
    ['EMFILE', 'open', 'too many files are open (EMFILE)'],
  ])(
    'cannot be read (%s at %s) fails at once with the reason, takes no older one, and goes on once they can',
    LONG,
    async (kind, call, reason) => {
      const shim = await buildShim();
      field.writeSweep(1, {});
      expect((await run()).exitCode).toBe(0);
      rmSync(outcomeFile(only().folder));
      const before = bytesOf(only().folder);
      const newest = listCheckpoints(only().folder)[0]!.path;
      Object.assign(field.env, shim.environment, {
        FAULT_READ: newest.slice(newest.lastIndexOf('/')),
        FAULT_READ_KIND: kind,
        FAULT_READ_CALL: call,
      });
      const failed = await run();
      expect(failed.exitCode, failed.all).toBe(1);
      const { status, message } = only().outcome!;
      expect(status).toBe('failed');
      expect(message).toContain(`${newest.slice(field.folder.length + 1)}: cannot be read: ${reason}. Nothing was changed.`);
      expect(bytesOf(only().folder)).toEqual(before);
      field.env = { FAULTS_STEP_MS: '0' };
      expect((await run(['--retry-failed'])).exitCode).toBe(0);
      expect(isAsUndisturbed(only())).toBe(true);
      shim.remove();
    },
  );
});

describe.runIf(isLinux)('an outcome', () => {
  it.each([
    ['EIO', 'pread', 'the disk reports an error (EIO)'],
    ['EACCES', 'open', 'this user may not read or write there (EACCES)'],
  ])(
    'that cannot be read (%s at %s) is kept: plan and run say so in one line and leave its run alone',
    LONG,
    async (kind, call, reason) => {
      const shim = await buildShim();
      field.writeSweep(1, {});
      expect((await run()).exitCode).toBe(0);
      const [only] = runs() as [Run];
      const outcome = readFileSync(outcomeFile(only.folder));
      const log = readFileSync(logFile(only.folder));
      Object.assign(field.env, shim.environment, { FAULT_READ: '/outcome.json', FAULT_READ_KIND: kind, FAULT_READ_CALL: call });
      const path = outcomeFile(only.folder).slice(field.folder.length + 1);
      const line = `1 run is left alone: its outcome cannot be read (${path}: could not be read: ${reason}). Mend that, then start again.`;
      const planned = await field.facet('plan', 'sweep.yaml');
      expect(planned.all.split('\n')).toContain(line);
      expect(planned.all).toContain('0 to start, 0 to go on with, 1 to leave alone');
      const left = await run();
      expect(left.exitCode, left.all).toBe(1);
      expect(left.all.split('\n')).toContain(line);
      expect(left.all).toContain('0 of 1 run succeeded, 1 left alone, as its outcome cannot be read.');
      field.env = { FAULTS_STEP_MS: '0' };
      shim.remove();
      expect(readFileSync(outcomeFile(only.folder)).equals(outcome)).toBe(true);
      expect(readFileSync(logFile(only.folder)).equals(log)).toBe(true);
      expect((await run()).exitCode).toBe(0);
    },
  );
});

describe.runIf(isLinux)('a wall clock that jumps by a year at every look', () => {
  it('times nothing out, frees no lease and changes no result', LONG, async () => {
    const shim = await buildShim();
    Object.assign(field.env, shim.environment, { FAULT_CLOCK: String(365 * 86_400), FAULTS_STEP_MS: '40' });
    field.writeSweep(2, { parallel: 1, timeout: '2m', stallTimeout: '2m', retries: 1 });
    const [first, second] = [run(), run()];
    const codes = (await Promise.all([first, second])).map(({ exitCode }) => exitCode).sort();
    shim.remove();
    expect(codes).toEqual([0, 3]);
    for (const each of runs()) {
      expect(each.record?.resumptions ?? []).toEqual([]);
      expect(isAsUndisturbed(each), each.id).toBe(true);
    }
  });
});

describe.runIf(isLinux)('results that may only be read', () => {
  // chmod means nothing to root, a read-only mount does.
  const isRoot = process.getuid?.() === 0;
  it.runIf(!isRoot || canMount)(
    `are named in one line (${isRoot ? 'a read-only mount' : 'chmod'}), and still planned from`,
    LONG,
    async () => {
      field.writeSweep(2, { parallel: 2 });
      expect((await run()).exitCode).toBe(0);
      field.writeSweep(3, { parallel: 2 });
      const results = field.results;
      const start = isRoot
        ? [...UNSHARE, `mount --bind ${results} ${results} && mount -o remount,bind,ro ${results} && exec "$0" "$@"`]
        : ['sh', '-c', `chmod -R a-w ${results} && "$0" "$@"; code=$?; chmod -R u+w ${results}; exit $code`];
      const refused = await field.start(start, ['run', 'sweep.yaml']);
      expect(refused.exitCode, refused.all).toBe(2);
      expect(refused.stderr).toMatch(/^results\/sweep\S*: .*\((EROFS|EACCES)\)\. .*--results.*$/);
      const planned = await field.start(start, ['plan', 'sweep.yaml']);
      expect(planned.exitCode, planned.all).toBe(0);
      expect((await run()).exitCode).toBe(0);
      expect(runs().every(isAsUndisturbed)).toBe(true);
    },
  );
});

describe.runIf(isLinux)('a full disk', () => {
  it.runIf(canMount)(
    '(a tmpfs of 100 kB) ends what does not fit any more with one line, and what room is made for goes on',
    LONG,
    async () => {
      field.writeSweep(6, { parallel: 2, retries: 1, backoff: 0.01 });
      mkdirSync(field.results);
      const script = `mount -t tmpfs -o size=100k none results
      "$0" "$@" > first.txt 2>&1; echo $? > first.code
      cp -r results/sweep full
      mount -o remount,size=10m results
      "$0" "$@" --retry-failed > second.txt 2>&1; echo $? > second.code
      cp -r results/sweep end; umount results; cp -r end results/sweep`;
      await field.start([...UNSHARE, script], ['run', 'sweep.yaml']);
      const read = (name: string) => readFileSync(join(field.folder, name), 'utf8').trim();
      expect(['1', '2'], read('first.txt')).toContain(read('first.code'));
      expect(read('first.txt')).toMatch(/^.*results\/sweep.*no space is left on the disk \(ENOSPC\).*$/m);
      expect(read('first.txt')).not.toMatch(/^\s+at .*:\d+:\d+|This is a bug/m);
      for (const name of readdirSync(join(field.folder, 'full')))
        expect(readableMetrics(join(field.folder, 'full', name)), name).toEqual([]);
      expect(read('second.code'), read('second.txt')).toBe('0');
      expect(runs()).toHaveLength(6);
      for (const each of runs()) expect(isAsUndisturbed(each), each.id).toBe(true);
    },
  );

  it('behind the log of a run does not end the run', async () => {
    field.writeSweep(1, {});
    expect((await run()).exitCode).toBe(0);
    const [only] = runs();
    rmSync(outcomeFile(only!.folder));
    rmSync(logFile(only!.folder));
    symlinkSync('/dev/full', logFile(only!.folder));
    truncateSync(listCheckpoints(only!.folder)[0]!.path, 100); // it has something to say
    const { exitCode, all } = await run();
    expect(exitCode, all).toBe(0);
    expect(isAsUndisturbed(runs()[0]!)).toBe(true);
  });

  it('behind the output of the command is said once, and the sweep comes to its end', async () => {
    field.writeSweep(2, { parallel: 2 });
    const { exitCode, stderr } = await field.start(['sh', '-c', 'exec "$0" "$@" > /dev/full'], ['run', 'sweep.yaml']);
    expect(stderr).toMatch(/^standard output: could not be written: ENOSPC.*$/);
    expect(exitCode).toBe(2);
    expect(runs().every(isAsUndisturbed)).toBe(true);
  });
});

/** A torn last line is none of these. */
function readableMetrics(folder: string): string[] {
  return existsSync(dirname(metricsFile(folder))) ? readMetrics(metricsFile(folder)).problems : [];
}
