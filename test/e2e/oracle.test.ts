// The oracle of a sweep, with the real command, real runs and the real TensorFlow.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { readEvaluation, readExperiment } from '../../src/results/read.ts';
import { bitsOf, codedPicture, writeFiles } from '../model/data/coded-pictures.ts';

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-oracle-runs-'));
  cli = join(await ensureBuilt(), 'cli.js');
  const numbers = Array.from({ length: 400 }, (_, i) => i);
  for (const i of numbers) writeFiles(folder, { [`pictures/${i}.jpg`]: await codedPicture(i % 64, { width: 32, height: 32 }) });
  writeFiles(folder, { 'pictures/labels.csv': ['file,A,B', ...numbers.map((i) => `${i}.jpg,${bitsOf(i, 2)}`), ''].join('\n') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(limit: number, cache: string, more: Record<string, string> = {}) {
  const text = `name: faces
attributes: [A, B]
dataset: {source: folder, root: pictures, imageSize: 32, limit: ${limit}}
model: {width: 16}
training: {epochs: 1, batchSize: 8}
evaluation: {oracle: true, pictures: 64, finalPictures: 64}
sweep: {grid: {training.precision: [float32, bfloat16]}}
`;
  writeFileSync(join(folder, 'faces.yaml'), text);
  const env = { FACET_CACHE: join(folder, cache), FACET_BACKEND: 'tensorflow', ...more };
  return execa(process.execPath, [cli, 'run', 'faces.yaml'], { cwd: folder, reject: false, all: true, stdin: 'ignore', env });
}

const oraclesIn = (cache: string) => readdirSync(join(folder, cache, 'oracles'));

it('is made once, before the runs, and judges those in bfloat16 as well', async () => {
  const { exitCode, all } = await start(40, 'cache');
  expect(exitCode, all).toBe(EXIT.ok);
  expect(all).toMatch(/Training the oracle of pictures at 32x32: 0 of 50\n(?:.*\n)*.*2 runs to do/);
  expect(oraclesIn('cache')).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.safetensors$/)]);
  const judges = readExperiment(join(folder, 'results'), 'faces').runs.map((run) => readEvaluation(run.folder)?.oracle);
  expect(judges).toHaveLength(2);
  expect(judges[0]).toMatchObject({ heldOut: 'seen', pictures: 8, accuracy: { A: { on: expect.any(Number) } } });
  expect(judges[1]).toEqual(judges[0]);
});

it('whose making is stopped by Ctrl-C leaves neither a file nor a lease, and no run has begun', async () => {
  const command = start(400, 'other-cache'); // 250 steps
  for await (const line of command.iterable({ from: 'all' }))
    if (/Training the oracle of .*: \d+ of 250$/.test(line)) command.kill('SIGINT');
  const { exitCode, all } = await command;
  expect(exitCode, all).toBe(EXIT.interrupted);
  expect(all).toMatch(/Stopped before any run was started\.$/);
  expect(oraclesIn('other-cache')).toEqual([]);
});

it('is made by the runs themselves where nobody has made it before, and a stop ends that at once', async () => {
  const folderOfOracles = join(folder, 'third-cache', 'oracles');
  const command = start(400, 'third-cache', { FACET_TRAINER: `${dirname(cli)}/./model/main.js` }); // to the command a trainer of somebody else
  const isTraining = () => existsSync(folderOfOracles) && oraclesIn('third-cache').some((name) => name.endsWith('.progress.json'));
  while (!isTraining()) await sleep(20);
  command.kill('SIGINT');
  const { exitCode, all } = await command;
  expect(exitCode, all).toBe(EXIT.interrupted);
  expect(all).not.toMatch(/Training the oracle/);
  expect(all).toMatch(/stopped before its first step/);
  expect(oraclesIn('third-cache')).toEqual([]);
});
