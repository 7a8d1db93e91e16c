// facet grids, with real runs on the real TensorFlow.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { acquireLease, releaseLease } from '../../src/results/leases/lease.ts';
import { checkpointsFolder, engineFile, metricsFile, runnerLeaseFile, sampleImageFile, samplesFolder } from '../../src/results/paths.ts';
import { readExperiment, readRun } from '../../src/results/read.ts';
import { listSamples, readSampleGrid } from '../../src/results/samples.ts';

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-grids-'));
  cli = join(await ensureBuilt(), 'cli.js');
  writeFile('samples: {rows: 2}');
  const { exitCode, all } = await facet('run', 'faces.yaml');
  expect(exitCode, all).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

function writeFile(samples: string, phrases = '{}'): void {
  const text = `name: faces
attributes: [Male, Young]
dataset: {source: synthetic, images: 40, imageSize: 32, phrases: ${phrases}}
model: {width: 16}
training: {epochs: 4, batchSize: 8}
augmentation: {rotations: [90], rotationProbability: 0.5}
${samples}
sweep: {grid: {training.seed: [1, 2]}}
`;
  writeFileSync(join(folder, 'faces.yaml'), text);
}

const facet = (...args: string[]) => facetWith({ FACET_BACKEND: 'tensorflow' }, ...args);
const facetWith = (env: Record<string, string>, ...args: string[]) =>
  execa(process.execPath, [cli, ...args], {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: { FACET_CACHE: join(folder, 'cache'), ...env },
  });
const experiment = () => join(folder, 'results/faces');
const runs = () => readExperiment(join(folder, 'results'), 'faces').runs;
const pictureOf = (run: string, epoch: number) => readFileSync(sampleImageFile(run, epoch)).toString('base64');
/** What drawing must leave alone. */
const trained = () =>
  runs().map(({ folder: run }) =>
    [metricsFile(run), ...listCheckpoints(run).map(({ path }) => path)].map((path) => readFileSync(path).toString('base64')),
  );
const epochsOf = (run: string) => listSamples(run).map(({ epoch }) => epoch);
/** Epochs whose checkpoints are kept: the two newest, and the best. */
const keptBy = (run: string) =>
  listCheckpoints(run)
    .map(({ step }) => step / 5)
    .reverse();

describe('facet grids', () => {
  it('draws the same pictures as the training did, where the file asks for the same', async () => {
    const before = runs().map(({ folder: run }) => keptBy(run).map((epoch) => pictureOf(run, epoch)));
    for (const { folder: run } of runs()) for (const epoch of keptBy(run)) writeFileSync(sampleImageFile(run, epoch), '');
    const { exitCode, all, stdout } = await facet('grids', 'faces.yaml');
    expect(exitCode, all).toBe(0);
    expect(stdout).toMatch(/^\d grids of 2 runs drawn again; nothing was trained\.$/m);
    expect(runs().map(({ folder: run }) => keptBy(run).map((epoch) => pictureOf(run, epoch)))).toEqual(before);
    for (const { folder: run } of runs()) expect(epochsOf(run)).toEqual([1, 2, 3, 4]);
  });

  it('draws what the file asks for now, which `facet run` says to do, and trains nothing', async () => {
    const before = trained();
    writeFile('samples: {rows: 3, conditions: [a woman long in the tooth, {Male: 1}, [rotate_90]]}', '{Young: {no: [long in the tooth]}}');
    const run = await facet('run', 'faces.yaml');
    expect(run.exitCode, run.all).toBe(0);
    expect(run.stdout).toMatch(
      /^samples: the grids of 2 runs show what the file asked for before\. Nothing is trained again; draw them with: .* grids faces\.yaml$/m,
    );
    const { exitCode, all } = await facet('grids', 'faces.yaml');
    expect(exitCode, all).toBe(0);
    expect(trained()).toEqual(before);
    for (const { folder: each } of runs()) {
      expect(epochsOf(each)).toEqual(keptBy(each));
      for (const { grid } of listSamples(each)) {
        expect(readSampleGrid(grid)).toMatchObject({
          rows: 3,
          columns: [
            { label: 'a woman long in the tooth', bits: { Male: 0, Young: 0, rotate_90: 0 } },
            { label: 'Male' },
            { label: 'rotate 90' },
          ],
        });
      }
      const former = [1, 2, 3, 4]
        .filter((epoch) => !keptBy(each).includes(epoch))
        .flatMap((epoch) => [`00000${epoch}.json`, `00000${epoch}.png`]);
      expect(readdirSync(join(samplesFolder(each), 'former')).sort()).toEqual(former);
      expect(readRun(each)).toMatchObject({ state: 'succeeded', record: { config: { samples: { rows: 3 } } } });
    }
    expect((await facet('run', 'faces.yaml')).stdout).not.toContain('samples:');
  });

  it('draws on the kind of backend that trained a run, or says on which other', async () => {
    const [first, second] = runs();
    const trainedOn = (run: string, kind: string) => {
      const path = engineFile(run);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"kind": *"[^"]+"/, `"kind": "${kind}"`));
    };
    trainedOn(first!.folder, 'wasm');
    trainedOn(second!.folder, 'tensorflow cuda');
    const free = await facetWith({ FACET_BACKEND: '' }, 'grids', 'faces.yaml');
    expect(free.exitCode, free.all).toBe(0);
    const note = (id: string, kinds: string) => new RegExp(`^${id}: epochs .*\n  drawn on ${kinds}, which trained it last: `, 'm');
    expect(free.stdout).not.toContain('not on WebAssembly');
    expect(free.stdout).toMatch(note(second!.id, 'TensorFlow on the CPU, not on TensorFlow with CUDA'));
    const asked = await facet('grids', 'faces.yaml');
    expect(asked.stdout).toMatch(note(first!.id, 'TensorFlow on the CPU, not on WebAssembly'));
    for (const { folder: run } of [first!, second!]) trainedOn(run, 'tensorflow cpu');
    expect((await facet('grids', 'faces.yaml')).stdout).not.toContain('drawn on');
  });

  it('says in one line what keeps it from drawing', async () => {
    const hold = acquireLease(runnerLeaseFile(experiment()));
    if (!hold.acquired) throw new Error('held');
    const held = await facet('grids', 'faces.yaml');
    releaseLease(runnerLeaseFile(experiment()), hold.lease);
    expect(held.exitCode).toBe(3);
    expect(held.stderr).toMatch(/^faces is being run by process \d+/);

    const [first, second] = runs();
    truncateSync(listCheckpoints(first!.folder)[0]!.path, 1000);
    for (const { path } of listCheckpoints(second!.folder)) {
      rmSync(path);
      symlinkSync(path, path); // leads to itself
    }
    const { exitCode, stdout, stderr } = await facet('grids', 'faces.yaml');
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${first!.id}: epochs .*\n  \\S+000020\\.safetensors is cut short within its header\\.$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${second!.id}: nothing drawn`, 'm'));
    expect(stdout).toMatch(/^ {2}\S+000020\.safetensors: cannot be read: its links lead in a circle \(ELOOP\)\.$/m);

    rmSync(checkpointsFolder(second!.folder), { recursive: true });
    expect((await facet('grids', 'faces.yaml')).stdout).toContain(
      `${second!.id}: nothing drawn: it keeps no checkpoint of the end of an epoch, or no condition applies to it\n`,
    );
    expect(existsSync(runnerLeaseFile(experiment()))).toBe(false);

    rmSync(join(folder, 'cache'), { recursive: true });
    writeFileSync(join(folder, 'cache'), 'a file in the way of the cache');
    const failed = await facet('grids', 'faces.yaml');
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toMatch(new RegExp(`^${first!.id}: not drawn: .*cache.*$`, 'm'));
    expect(failed.all).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});
