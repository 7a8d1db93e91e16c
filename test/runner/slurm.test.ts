// What is decided about jobs of SLURM, by tables and by answers that are made up. Real clusters: test/slurm.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { slurmSchema } from '../../src/experiment/schema/sections/slurm.ts';
import { kindOf } from '../../src/machine/backend.ts';
import { createLease, readLease } from '../../src/results/leases/lease.ts';
import { leaseFile } from '../../src/results/paths.ts';
import type { RunRecord } from '../../src/results/records.ts';
import { writeRunRecord } from '../../src/results/write-run.ts';
import type { AskScheduler } from '../../src/runner/executors/slurm/ask-scheduler.ts';
import { findBadNodes, leaveSome } from '../../src/runner/executors/slurm/bad-nodes.ts';
import { parseSacct, parseSqueue } from '../../src/runner/executors/slurm/parse-queue.ts';
import { judgePartitions, parsePartitions, parseReport } from '../../src/runner/executors/slurm/probe.ts';
import { createQueue } from '../../src/runner/executors/slurm/queue.ts';
import { createSbatchWords, parseSbatch, splitTasks } from '../../src/runner/executors/slurm/sbatch-words.ts';
import { placeBackend } from '../../src/runner/executors/slurm/slurm.ts';
import { findTrainerChange } from '../../src/runner/executors/slurm/snapshot.ts';
import { holdFolder } from '../../src/runner/executors/slurm/task/hold-folder.ts';
import { readPlace } from '../../src/runner/executors/slurm/task/place.ts';
import { decideLeaving, parseLeft } from '../../src/runner/executors/slurm/task/queue-again.ts';
import { describeOwnTrainer } from '../../src/runner/provenance/own-trainer.ts';

const slurm = (fields = {}) => slurmSchema.parse(fields);

describe('a trainer of the experiment file', () => {
  it('that has changed since its job was submitted is noticed, by what is in its file', () => {
    const root = mkdtempSync(join(tmpdir(), 'facet-slurm-trainer-'));
    try {
      writeFileSync(join(root, 'train.py'), 'print(1)');
      const trainer = { command: ['python3', 'train.py'] };
      const names = { id: 'a', experiment: 'x', axes: {}, dataIdentity: 'b' };
      const origin = { experimentFile: join(root, 'x.yaml'), workingDirectory: root };
      const config = runConfigSchema.parse({ attributes: ['Male'], trainer });
      const provenance = { ...origin, trainer: describeOwnTrainer(config.trainer!, origin) };
      writeRunRecord(root, { ...names, config, provenance } as RunRecord);
      expect(findTrainerChange(root)).toBeNull();
      writeFileSync(join(root, 'train.py'), 'print(2)');
      expect(findTrainerChange(root)).toBe('the file in "python3 train.py" has changed since this job was submitted');
      writeRunRecord(root, { ...names, config: { ...config, trainer: undefined }, provenance } as RunRecord);
      expect(findTrainerChange(root)).toBeNull();
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('the words of sbatch', () => {
  const words = (fields = {}, more = {}) =>
    createSbatchWords({ slurm: slurm(fields), jobName: 'facet-a', tasks: 3, atOnce: null, output: 'o', script: 's', exclude: [], ...more });

  it('say what a run asks for', () => {
    const fields = {
      partition: 'gpu',
      account: 'lab',
      gpus: 'a100:1',
      cpus: 8,
      memory: '16GB',
      time: '4h',
      constraint: 'a|b',
      sbatch: ['--qos=long'],
    };
    expect(words(fields, { atOnce: 2, exclude: ['n1', 'n2'] })).toEqual(
      expect.arrayContaining([
        ...['--array=0-2%2', '--partition=gpu', '--account=lab', '--gres=gpu:a100:1', '--cpus-per-task=8', '--mem=15259M', '--time=240'],
        ...['--constraint=a|b', '--exclude=n1,n2', '--qos=long', '--signal=B:USR2@120', '--requeue', '--open-mode=append'],
      ]),
    );
    expect(words().at(-1)).toBe('s');
    expect(words().some((word) => /gres|partition|mem=|time=/.test(word))).toBe(false);
  });

  it.each(['--array=1', '-a 1', '--job-name=x', '--output=y', '--signal=USR1', 'qos=long', '--requeue', '--qos=a\n#'])(
    'take no line that would lose the jobs: %s',
    (line) => {
      expect(slurmSchema.safeParse({ sbatch: [line] }).success).toBe(false);
    },
  );

  it('are split by what the cluster takes, and share what may run at once', () => {
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect(splitTasks(upTo(5), { most: 10, maxParallel: undefined })).toEqual([{ tasks: [0, 1, 2, 3, 4], atOnce: null }]);
    expect(splitTasks(upTo(5), { most: 2, maxParallel: 4 }).map(({ tasks, atOnce }) => [tasks.length, atOnce])).toEqual([
      [2, null],
      [2, 1],
      [1, null],
    ]);
    expect(splitTasks(upTo(4), { most: 2, maxParallel: 1 }).map(({ atOnce }) => atOnce)).toEqual([1, 1]);
  });

  it.each([
    ['1234\n', '1234'],
    ['1234;cluster\n', '1234'],
    ['sbatch: warning: x\n77\n', '77'],
    ['', null],
    ['Submitted', null],
  ])('answer %j: array %s', (stdout, array) => expect(parseSbatch(stdout)).toBe(array));
});

describe('an answer of the scheduler', () => {
  const HEAD = 'ARRAY_JOB_ID|ARRAY_TASK_ID|STATE|NODELIST|REASON|NAME';

  it('is one only with its header; a state that is not known is no row', () => {
    expect(parseSqueue('')).toBeNull();
    expect(parseSqueue('slurm_load_jobs error')).toBeNull();
    expect(parseSqueue(`${HEAD}\n`)).toEqual([]);
    const text = `${HEAD}\n12|0|RUNNING|n1|None|facet-a\n12|1|PENDING||Resources|facet-a\n12|2|UNKNOWN|||x\n13|N/A|RUNNING|n1|None|other\n12|3|CANC`;
    expect(parseSqueue(text)!.map(({ task, state }) => [task, state.kind])).toEqual([
      ['12_0', 'running'],
      ['12_1', 'pending'],
    ]);
    expect(parseSacct('12_0|CANCELLED by 1000|n1|facet-a\n12_1.batch|FAILED|n1|x\n12_[2-5]|PENDING||x\n')).toEqual([
      { task: '12_0', name: 'facet-a', state: { kind: 'ended', word: 'CANCELLED' }, node: 'n1', reason: '' },
    ]);
  });

  const answering = (texts: (string | null)[]) => {
    const calls: string[] = [];
    const ask: AskScheduler = async ([program]) => {
      calls.push(program!);
      if (program === 'sacct') return { ok: false, message: 'Slurm accounting storage is disabled', isMissing: false };
      const text = texts.length > 1 ? texts.shift()! : texts[0]!;
      return text === null ? { ok: false, message: 'no answer', isMissing: false } : { ok: true, stdout: text };
    };
    return { calls, ask };
  };

  it('serves all jobs for a while, and is asked for less often while nothing changes', async () => {
    const { calls, ask } = answering([`${HEAD}\n1|0|RUNNING|n1|None|a\n1|1|PENDING||None|a`]);
    const queue = createQueue({ ask, restMs: { least: 40, most: 1000 }, goneMs: 100 });
    const looks = await Promise.all([queue.look('1_0'), queue.look('1_1')]);
    expect(looks).toEqual([{ kind: 'running' }, { kind: 'pending' }]);
    expect(calls).toEqual(['squeue']);
    for (let look = 0; look < 60; look++) {
      await queue.look('1_0');
      await sleep(5);
    }
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.length).toBeLessThan(9); // 40, 60, 90, 135 ms
  });

  it('that lacks a job means wait, and only after a while that it is gone; no answer never does', async () => {
    const silent = createQueue({ ask: answering([null]).ask, restMs: { least: 1, most: 5 }, goneMs: 20 });
    const { ask, calls } = answering([HEAD]);
    const lacking = createQueue({ ask, restMs: { least: 1, most: 5 }, goneMs: 60 });
    expect(await lacking.look('1_0')).toEqual({ kind: 'unknown' });
    await expect.poll(() => lacking.look('1_0'), { interval: 5 }).toEqual({ kind: 'gone' });
    for (let look = 0; look < 20; look++, await sleep(5)) expect(await silent.look('1_0')).toEqual({ kind: 'unknown' });
    expect(calls.filter((program) => program === 'sacct')).toHaveLength(1); // there is no accounting: not again
  });

  it('that lacks a job which was taken back means at once that it is gone', async () => {
    const queue = createQueue({ ask: answering([HEAD]).ask, restMs: { least: 1, most: 5 }, goneMs: 1e6 });
    expect(await queue.look('1_0')).toEqual({ kind: 'unknown' });
    await sleep(2);
    queue.expectGone('1_0');
    queue.forget();
    await sleep(2);
    expect(await queue.look('1_0')).toEqual({ kind: 'gone' });
  });
});

describe('a task', () => {
  it('knows its place by the array, never by the number of the job', () => {
    const environment = {
      SLURM_ARRAY_JOB_ID: '1',
      SLURM_ARRAY_TASK_ID: '0',
      SLURM_JOB_ID: '2',
      SLURMD_NODENAME: 'n1',
      SLURM_CLUSTER_NAME: 'c',
    };
    expect(readPlace(environment)).toEqual({ index: 0, task: '1_0', job: 'c 1_0', restart: 0, node: 'n1' });
    expect(readPlace({ ...environment, SLURM_RESTART_COUNT: '3' })).toMatchObject({ restart: 3 });
    expect(readPlace({ SLURM_JOB_ID: '2' })).toBeNull();
  });

  const decide = (signal: string, squeue: string | null, more: { ranMs?: number; used?: object; budget?: object } = {}) =>
    decideLeaving({
      task: '1_0',
      signal,
      ranMs: more.ranMs ?? 1000,
      budget: { timeLimits: 2, preemptions: 2, timeLimitMs: null, graceMs: 60_000, ...more.budget },
      used: { timeLimits: 0, preemptions: 0, ...more.used },
      ask: async () => (squeue === null ? { ok: false, message: 'none', isMissing: false } : { ok: true, stdout: squeue }),
    });

  it.each([
    ['SIGUSR2', 'RUNNING|1:30', {}, { kind: 'queue', why: 'time limit' }],
    ['SIGUSR2', 'RUNNING|UNLIMITED', {}, { kind: 'queue', why: 'time limit' }],
    ['SIGUSR2', 'RUNNING|2-00:00:00', {}, { kind: 'queue', why: 'preemption' }],
    ['SIGUSR2', null, {}, { kind: 'queue', why: 'time limit' }],
    ['SIGUSR2', 'RUNNING|1:30', { ranMs: 3_500_000, budget: { timeLimitMs: 3_600_000 } }, { kind: 'queue', why: 'time limit' }],
    ['SIGUSR2', 'RUNNING|1:30', { ranMs: 1000, budget: { timeLimitMs: 3_600_000 } }, { kind: 'queue', why: 'preemption' }],
    ['SIGTERM', 'RUNNING|2:00:00', {}, { kind: 'queue', why: 'preemption' }],
    ['SIGTERM', 'COMPLETING|1:30', {}, { kind: 'wait' }], // scancel, or the end of the time
    ['SIGTERM', null, {}, { kind: 'wait' }],
    ['SIGUSR2', 'RUNNING|2-00:00:00', { used: { timeLimits: 2 } }, { kind: 'queue', why: 'preemption' }],
    ['SIGUSR2', 'RUNNING|2-00:00:00', { used: { preemptions: 2 } }, { kind: 'spent', why: 'preemption' }],
    ['SIGUSR2', 'RUNNING|0:30', { used: { timeLimits: 2 } }, { kind: 'spent', why: 'time limit' }],
  ])('told by %s while squeue says %s (%o): %o', async (signal, squeue, more, decision) => {
    expect(await decide(signal, squeue, more)).toMatchObject(decision);
  });

  it.each([
    ['1-02:03:04', 93_784_000],
    ['3:04', 184_000],
    ['UNLIMITED', null],
    ['', null],
  ])('reads the time left %j', (text, ms) => expect(parseLeft(text)).toBe(ms));
});

describe('the folder of a run, among starts of one job', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-hold-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const hold = (restart: number, id = 'c 1_0') => holdFolder(folder, { id, restart }, { onLost: () => {}, fenceMs: 300 });
  const write = (lease: object) => writeFileSync(leaseFile(folder), JSON.stringify(lease));

  it('goes to the later start: an earlier one that can be seen is ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const end = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    write({ ...createLease(child.pid), job: { id: 'c 1_0', restart: 0 } });
    const held = await hold(1);
    expect(held).toHaveProperty('release');
    expect(await end).toBe('SIGKILL');
    expect(readLease(leaseFile(folder))).toMatchObject({ pid: process.pid, job: { restart: 1 } });
    (held as { release(): void }).release();
    expect(readLease(leaseFile(folder))).toBeNull();
  });

  it('is taken from an earlier start on another node at once, which has the time to notice', async () => {
    write({ ...createLease(), host: 'another', bootId: 'another', job: { id: 'c 1_0', restart: 0 } });
    const held = hold(1);
    expect(await Promise.race([held, sleep(100, 'waits')])).toBe('waits');
    expect(await held).toHaveProperty('release');
    expect(readLease(leaseFile(folder))).toMatchObject({ pid: process.pid });
    ((await held) as { release(): void }).release();
  });

  it.each([
    ['of an earlier start, from a later one', { id: 'c 1_0', restart: 2 }],
    ['of another job', { id: 'c 2_0', restart: 0 }],
    ['of no job', undefined],
  ])('is refused to a start %s', async (_, job) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      write({ ...createLease(child.pid), ...(job && { job }) });
      expect(await hold(1)).toHaveProperty('refusal');
      expect(readLease(leaseFile(folder))).toMatchObject({ pid: child.pid });
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('a node', () => {
  const end = (run: string, node: string, status: string) => ({ run, node, status });

  it('is avoided by a run that has failed there, where others have come further elsewhere', () => {
    const ends = [end('a', 'n1', 'crashed'), end('b', 'n2', 'succeeded'), end('c', 'n1', 'stalled'), end('d', 'n2', 'bad-data')];
    expect(findBadNodes(ends, 'a')).toEqual(['n1']);
    expect(findBadNodes(ends, 'b')).toEqual([]);
    expect(findBadNodes(ends, 'd')).toEqual([]); // its pictures, and no node, are to blame
    expect(findBadNodes([end('a', 'n1', 'crashed'), end('b', 'n1', 'succeeded')], 'a')).toEqual([]);
  });

  it('is not avoided where no other is left', async () => {
    const ask: AskScheduler = async () => ({ ok: true, stdout: 'n1\nn2\n' });
    expect(await leaveSome(['n1'], { slurm: slurm(), ask })).toEqual(['n1']);
    expect(await leaveSome(['n1', 'n2'], { slurm: slurm(), ask })).toEqual([]);
    expect(await leaveSome(['n1'], { slurm: slurm(), ask: async () => ({ ok: false, message: '', isMissing: false }) })).toEqual([]);
  });
});

describe('the backend of the jobs', () => {
  const chosen = (version: string) => ({ name: 'tensorflow' as const, version, reason: '' });

  it('is that of nodes with GPUs, also where this machine has none, so that runs go on with what has trained them', () => {
    const here = chosen('TensorFlow 2.21.0 (CUDA, no GPU found)');
    expect(kindOf(here)).toBe('tensorflow cpu');
    expect(kindOf(placeBackend(here, { hasGpus: true, kind: 'cuda' }))).toBe('tensorflow cuda');
    expect(kindOf(placeBackend(chosen('TensorFlow 2.21.0 (CUDA)'), { hasGpus: false, kind: 'cuda' }))).toBe('tensorflow cpu');
    expect(placeBackend(chosen('TensorFlow 2.21.0 (CPU)'), { hasGpus: true, kind: 'cpu' })).toEqual(chosen('TensorFlow 2.21.0 (CPU)'));
  });
});

describe('facet doctor --executor slurm', () => {
  const partitions = parsePartitions('cpu*|10|1-00:00:00|(null)\ngpu|2|4:00:00|gpu:a100:4\ngpu|1|4:00:00|gpu:h100:8\n');

  it('knows partitions with the GPUs of all of their nodes', () => {
    expect(partitions).toEqual([
      { name: 'cpu', isDefault: true, nodes: 10, time: '1-00:00:00', gpus: '' },
      { name: 'gpu', isDefault: false, nodes: 3, time: '4:00:00', gpus: 'gpu:a100:4, gpu:h100:8' },
    ]);
  });

  it.each([
    [{}, []],
    [{ partition: 'gpus' }, [/expected one of cpu, gpu, got "gpus"/]],
    [{ gpus: 1 }, [/partition cpu names no GPUs .*gpu has some/]],
    [{ gpus: 1, partition: 'gpu' }, []],
  ])('says what to mend where the file asks for %o', (fields, faults) => {
    const found = judgePartitions(partitions, slurm(fields));
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) expect(found[index]).toMatch(fault);
  });

  it('reads what a job has found, once that is whole', () => {
    const text = 'node n1\ngpus 0\nversion v20\nyes /a b\nno /c\nend\n';
    expect(parseReport(text)).toEqual({ node: 'n1', seen: { '/a b': true, '/c': false }, nodeVersion: 'v20', gpus: '0' });
    expect(parseReport(text.slice(0, -5))).toBeNull();
  });
});
