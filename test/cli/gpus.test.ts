// GPUs, order and threads of the runs of real children, on a machine whose nvidia-smi is made up.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { readLogTail } from '../../src/results/lines/log.ts';
import { runFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import type { RunRecord } from '../../src/results/records.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { createFakeAdapters, type FakeAdapters } from '../helpers/fake-adapters.ts';
import { createNvidiaSmi } from '../helpers/nvidia-smi.ts';

let workplace: Workplace;
let programs: string;
beforeEach(() => {
  workplace = createWorkplace();
  programs = createNvidiaSmi([
    { uuid: 'GPU-aaaa-1', name: 'NVIDIA RTX 4090', total: 24_564, free: 14_000 },
    { uuid: 'GPU-bbbb-2', name: 'NVIDIA H100', total: 81_559, free: 81_000 },
    { uuid: 'GPU-cccc-3', name: 'NVIDIA RTX 2080', total: 8192, free: 900 },
  ]);
  // A trainer of one's own uses GPUs also where the TensorFlow of Facet has none.
  workplace.env = { PATH: `${programs}:${process.env.PATH}`, FACET_BACKEND: 'tensorflow' };
  workplace.trainers = Array(8).fill('succeed');
});
afterEach(() => {
  workplace.remove();
  rmSync(programs, { recursive: true });
});

const runs = () => readExperiment(workplace.results, 'sweep').runs;
/** What each run was given, in the order of the file. */
const given = () => runs().map(({ folder }) => /(\d+) threads, GPUs (.*)$/.exec(readLogTail(folder, 50).join('\n'))?.slice(1));
const gpus = () => given().map((each) => each?.[1]);

describe('facet run on several GPUs', () => {
  it('gives each run one card by its uuid, and every card its runs', async () => {
    workplace.writeSweep(6);
    workplace.env.TRAINER_STEP_MS = '100';
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(all).toContain('3 runs at a time');
    expect(exitCode).toBe(0);
    expect([...new Set(gpus())].sort()).toEqual(['GPU-aaaa-1', 'GPU-bbbb-2', 'GPU-cccc-3']);
  });

  it('packs runs by memory onto the cards that have it, and uses only those that --gpus names', async () => {
    workplace.writeSweep(6, 'execution: {gpuMemory: 6GB}');
    workplace.env.TRAINER_STEP_MS = '100';
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml', '--gpus', '0,GPU-cccc');
    expect(all).toContain('2 runs at a time');
    expect(exitCode).toBe(0);
    expect(gpus()).toEqual(Array(6).fill('GPU-aaaa-1'));
  });

  it('says when it cannot start as many runs as the file asks for', async () => {
    workplace.writeSweep(4, 'execution: {parallel: 4}');
    const { stdout } = await workplace.facet('run', 'sweep.yaml', '--gpus', '0,1');
    expect(stdout).toContain('execution.parallel asks for 4 runs at a time; the GPUs hold 2');
  });

  it.each([
    ['a GPU that is not there', ['--gpus', '5'], 'got "5", which is none of them'],
    [
      'more memory than any card has free',
      ['--set', 'execution.gpuMemory=90GB'],
      '1 NVIDIA H100 with 84.9 GB free, 2 NVIDIA RTX 2080 with 944 MB free.',
    ],
    ['no memory at all', ['--set', 'execution.gpuMemory=0GB'], 'expected an amount of memory such as 6GB or 900MB, got "0GB"'],
    [
      'several cards for a run, which computes on one',
      ['--set', 'execution.gpusPerRun=2'],
      'expected 1, 0, or a share of a GPU from 0.01 to 0.5, as a run computes on one GPU at most, got 2',
    ],
  ])('refuses %s in one line, before anything starts', async (_, words, fault) => {
    workplace.writeSweep(2);
    const { exitCode, stdout, stderr } = await workplace.facet('run', 'sweep.yaml', ...words);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(fault);
    expect(runs()).toEqual([]);
  });

  it('refuses --gpus where the backend uses none', async () => {
    workplace.writeSweep(1);
    workplace.env.FACET_BACKEND = 'wasm';
    const { exitCode, stderr } = await workplace.facet('run', 'sweep.yaml', '--gpus', '0');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^--gpus: expected a machine with GPUs, but WebAssembly .* uses none\. Leave --gpus out, or see `npx facet doctor`\.$/,
    );
  });
});

describe('facet run on WebGPU', () => {
  const names = ['Facet Graphics One', 'Facet Graphics Two'];
  let fakes: FakeAdapters;
  beforeEach(() => {
    fakes = createFakeAdapters(names);
    workplace.env = { FACET_BACKEND: 'webgpu', VK_ICD_FILENAMES: fakes.drivers, TRAINER_STEP_MS: '100' };
  });
  afterEach(() => rmSync(fakes.folder, { recursive: true }));
  const adapters = () => runs().map(({ folder }) => /^adapter (.{18})/m.exec(readLogTail(folder, 50).join('\n'))?.[1]);

  it('gives each run an adapter to itself, and uses all of them', async () => {
    workplace.writeSweep(4);
    const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
    expect(all).toContain('2 runs at a time');
    expect(exitCode).toBe(0);
    expect([...new Set(adapters())].sort()).toEqual(names);
  });

  it('uses only the adapter that --gpus names, by number or name, and lists them where it names none', async () => {
    workplace.writeSweep(2);
    const wrong = await workplace.facet('run', 'sweep.yaml', '--gpus', '2');
    expect(wrong.exitCode).toBe(2);
    const [, first] = /^--gpus: expected GPUs among 0 (.{18}).*, 1 .*, got "2", which is none of them$/m.exec(wrong.stderr) ?? [];
    expect((await workplace.facet('run', 'sweep.yaml', '--gpus', '0')).exitCode).toBe(0);
    expect(adapters()).toEqual([first, first]);
  });
});

describe('the order of runs', () => {
  const writeGrid = () =>
    writeFileSync(
      join(workplace.folder, 'sweep.yaml'),
      `name: sweep
dataset: {source: synthetic, images: 8, imageSize: 32}
attributes: [Male]
training: {epochs: 2, batchSize: 4}
sweep: {grid: {model.width: [16, 32], training.seed: [1, 2]}}
execution: {parallel: 1}
`,
    );
  it('is the first seed of each point first, in facet plan and in facet run, while experiment.json keeps that of the file', async () => {
    writeGrid();
    const planned = JSON.parse((await workplace.facet('plan', 'sweep.yaml', '--json')).stdout);
    const labels = (each: { axes: Record<string, string> }[]) => each.map(({ axes }) => Object.values(axes).join(' '));
    expect(labels(planned.runs)).toEqual(['16 1', '32 1', '16 2', '32 2']);
    await workplace.facet('run', 'sweep.yaml');
    const finished = runs().toSorted((a, b) => a.outcome!.finishedAt.localeCompare(b.outcome!.finishedAt));
    expect(labels(finished)).toEqual(['16 1', '32 1', '16 2', '32 2']);
    expect(labels(runs())).toEqual(['16 1', '16 2', '32 1', '32 2']);
  });

  it('is that of the file with --order file, and no other word is taken', async () => {
    writeGrid();
    await workplace.facet('run', 'sweep.yaml', '--order', 'file');
    const finished = runs().toSorted((a, b) => a.outcome!.finishedAt.localeCompare(b.outcome!.finishedAt));
    expect(finished.map((run) => run.id)).toEqual(runs().map((run) => run.id));
    const wrong = await workplace.facet('plan', 'sweep.yaml', '--order', 'random');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('Allowed choices are seeds, file.');
  });
});

it('goes on with the threads that a run began with, and says so in plan and run', async () => {
  workplace.env.FACET_BACKEND = 'wasm';
  workplace.writeSweep(2);
  workplace.trainers = ['succeed', 'succeed'];
  await workplace.facet('run', 'sweep.yaml');
  const first = runs()[0]!;
  // As if it had been interrupted on a machine that gave it 7.
  const record = { ...first.record!, provenance: { ...first.record!.provenance, threads: 7 } } satisfies RunRecord;
  writeJsonAtomic(runFile(first.folder), record);
  rmSync(join(first.folder, 'outcome.json'));
  const note = /^1 run goes on with 7 threads, as begun, not \d+: threads change the last bits of a result\.$/m;
  expect((await workplace.facet('plan', 'sweep.yaml')).stdout).toMatch(note);
  expect((await workplace.facet('run', 'sweep.yaml')).stdout).toMatch(note);
  expect(given()[0]?.[0]).toBe('7');
  expect(runs()[0]!.record).toMatchObject({ provenance: { threads: 7 }, resumptions: [{ threads: 7 }] });
});

it('gives the cores that would stay idle to the last of an odd number of runs, which keeps them when it goes on', async () => {
  workplace.env.FACET_BACKEND = 'wasm';
  workplace.writeSweep(3, 'execution: {parallel: 2}');
  workplace.trainers = ['succeed', 'succeed', 'succeed'];
  await workplace.facet('run', 'sweep.yaml');
  const threads = () => given().map((each) => Number(each?.[0]));
  const [first, second, last] = threads();
  expect([second, last]).toEqual([first, 2 * first!]);
  expect(runs().map(({ record }) => record!.provenance.threads)).toEqual(threads());
  for (const { folder } of runs()) rmSync(join(folder, 'outcome.json'));
  expect((await workplace.facet('plan', 'sweep.yaml')).stdout).not.toContain('as begun');
  expect((await workplace.facet('run', 'sweep.yaml')).stdout).not.toContain('as begun');
  expect(threads()).toEqual([first, first, 2 * first!]);
});
