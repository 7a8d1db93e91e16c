// Real runs on the real TensorFlow and on WebAssembly: on what a run computes, what is written down of it, and what is kept when it goes
// on.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { describeProcessor } from '../../src/machine/processor.ts';
import { chooseForms } from '../../src/model/kernels/tensorflow/forms.ts';
import { readEngines } from '../../src/results/engine-file.ts';
import { engineFile, logFile, outcomeFile, reproductionsFolder, runFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';

const EXPERIMENT = `
name: engine
attributes: [Male]
dataset: {source: synthetic, images: 16, seed: 1, imageSize: 32}
model: {width: 8}
training: {epochs: 2, batchSize: 8}
samples: {rows: 1}
`;

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-engine-'));
  cli = join(await ensureBuilt(), 'cli.js');
  writeFileSync(join(folder, 'engine.yaml'), EXPERIMENT);
});
afterAll(() => rmSync(folder, { recursive: true }));

const facet = (command: string, env: Record<string, string> = {}, ...more: string[]) => {
  const { FACET_BACKEND, TF_ENABLE_ONEDNN_OPTS, ONEDNN_MAX_CPU_ISA, DNNL_MAX_CPU_ISA, ...rest } = process.env;
  return execa(process.execPath, [cli, command, 'engine.yaml', ...more], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    extendEnv: false,
    env: { ...rest, FACET_CACHE: join(folder, 'cache'), ...env },
  });
};
const run = () => readExperiment(join(folder, 'results'), 'engine').runs[0]!;
const engines = () => readEngines(run().folder);
/** As if the runner had been killed after the last checkpoint. */
const interrupt = () => rmSync(outcomeFile(run().folder));
const attempts = () => readFileSync(logFile(run().folder), 'utf8').split('another attempt').length;

// One after the other, each going on with what the last one left.
describe('a run', () => {
  it('has oneDNN and writes down on what it computed', async () => {
    const { exitCode, all } = await facet('run');
    expect(all).toContain('TensorFlow');
    expect(exitCode).toBe(0);
    expect(run().record!.provenance).toMatchObject({ oneDnn: true, maxCpuIsa: null });
    expect(engines()).toEqual([
      {
        fromStep: 1,
        kind: 'tensorflow cpu',
        version: expect.stringMatching(/^TensorFlow \d+\.\d+\.\d+$/),
        precision: 'float32',
        threads: run().record!.provenance.threads,
        oneDnn: true,
        forms: chooseForms(describeProcessor()),
      },
    ]);
  });

  it('does not go on where FACET_BACKEND asks for another backend: plan and run say so, and it stays as it is', async () => {
    interrupt();
    const before = attempts();
    const line =
      /^1 run does not go on: it was trained on TensorFlow on the CPU, and FACET_BACKEND asks for WebAssembly .*\. Unset FACET_BACKEND, or accept results that differ in their last bits with --change-backend\.$/m;
    const plan = await facet('plan', { FACET_BACKEND: 'wasm' });
    expect(plan.stdout).toMatch(line);
    expect(plan.stdout).toMatch(/skip .*was trained on TensorFlow on the CPU/);
    const { exitCode, stdout } = await facet('run', { FACET_BACKEND: 'wasm' });
    expect(stdout).toMatch(line);
    expect(stdout).toContain('0 of 1 run succeeded, 1 left alone for want of its backend.');
    expect(exitCode).toBe(1);
    expect(run().state).toBe('interrupted');
    expect(attempts()).toBe(before);
    expect(engines()).toHaveLength(1);
  });

  it('goes on with its oneDNN and all instructions, whatever the environment says now', async () => {
    const { exitCode } = await facet('run', { TF_ENABLE_ONEDNN_OPTS: '0', ONEDNN_MAX_CPU_ISA: 'AVX2' });
    expect(exitCode).toBe(0);
    expect(run().record!.resumptions!.at(-1)).toMatchObject({ oneDnn: true, maxCpuIsa: null });
    expect(engines()).toHaveLength(1);
  });

  it('goes on with another backend where that is allowed in so many words, and the records tell', async () => {
    interrupt();
    const { exitCode } = await facet('run', { FACET_BACKEND: 'wasm' }, '--change-backend');
    expect(exitCode).toBe(0);
    expect(engines().map(({ kind }) => kind)).toEqual(['tensorflow cpu', 'wasm']);
    expect(engines()[1]).toMatchObject({ fromStep: 5, oneDnn: null, forms: null });
    expect(run().record!.resumptions!.at(-1)!.backend!.name).toBe('wasm');
  });

  it('goes on with its own backend where nobody asks for another', async () => {
    interrupt();
    const { exitCode, stdout } = await facet('run');
    expect(stdout).toMatch(/^1 run goes on with WebAssembly .*, as begun, not TensorFlow .*\.$/m);
    expect(exitCode).toBe(0);
    expect(engines()).toHaveLength(2);
    expect(run().record!.resumptions!.at(-1)!.backend!.name).toBe('wasm');
  });
});

describe('a run of a former version', () => {
  it('goes on as that version computed: oneDNN as TensorFlow decides, the forms of its one table, the backend that its record names', async () => {
    const { folder: place, record } = run();
    const { oneDnn: _, maxCpuIsa: ___, ...provenance } = record!.provenance;
    const { resumptions: __, ...rest } = record!;
    writeFileSync(runFile(place), JSON.stringify({ ...rest, provenance }));
    rmSync(engineFile(place));
    interrupt();
    expect((await facet('run', { FACET_BACKEND: 'wasm' })).stdout).toContain('trained on TensorFlow on the CPU');
    // The class of the processor is another now; the run's forms are not.
    const { exitCode } = await facet('run', { ONEDNN_MAX_CPU_ISA: 'AVX2' });
    expect(exitCode).toBe(0);
    expect(engines()).toMatchObject([{ kind: 'tensorflow cpu', oneDnn: null, forms: 'avx512' }]);
    expect(run().record!.provenance.oneDnn).toBeUndefined();
  });

  it('is told from a new one, which takes the forms of its processor', async () => {
    rmSync(run().folder, { recursive: true });
    const { exitCode } = await facet('run', { ONEDNN_MAX_CPU_ISA: 'AVX2', TF_ENABLE_ONEDNN_OPTS: '0' });
    expect(exitCode).toBe(0);
    expect(run().record!.provenance).toMatchObject({ oneDnn: false, maxCpuIsa: 'AVX2' });
    expect(engines()).toMatchObject([{ oneDnn: false, maxCpuIsa: 'AVX2', forms: 'avx2' }]);
  });
});

describe('facet reproduce', () => {
  it('repeats a run with its oneDNN, its instructions and its forms of convolution, whatever this machine would choose', async () => {
    // The run of the last test: AVX2 and its forms, no oneDNN.
    const { FACET_BACKEND, TF_ENABLE_ONEDNN_OPTS, ONEDNN_MAX_CPU_ISA, DNNL_MAX_CPU_ISA, ...rest } = process.env;
    const reproduce = (env: Record<string, string>) =>
      execa(process.execPath, [cli, 'reproduce', run().id], {
        cwd: folder,
        reject: false,
        all: true,
        stdin: 'ignore',
        extendEnv: false,
        env: { ...rest, FACET_CACHE: join(folder, 'cache'), ...env },
      });
    const enginesOf = (number: number) =>
      readEngines(join(reproductionsFolder(join(folder, 'results', 'engine')), `${run().id}.${number}`));
    const again = await reproduce({});
    expect(enginesOf(1)).toEqual(engines());
    expect(again.all).toContain('bit-identical');
    expect(again.exitCode).toBe(0);
  });
});
