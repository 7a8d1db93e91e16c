// How long faces of a sentence take: npm run bench:generate -- RUN_FOLDER [SENTENCE]
// The command itself from its start to its end: 8 pictures (bound: 3 s), the same read back by the oracle, 1,000 pictures. Beside it the
// generator's own forward pass in this process, on the same backend.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/experiment/random.ts';
import { median } from '../src/experiment/units.ts';
import { startEngine } from '../src/model/child/engine.ts';
import { loadGenerator } from '../src/model/generation/load-generator.ts';
import { requireRunRecord } from '../src/results/read.ts';
import { findBuild, makeFolder, time } from './runner/workshop.ts';
import { nameRun } from './text-to-face/name-run.ts';

const TIMES = 5;
const MANY = 1000;
const [run, sentence = 'a man'] = process.argv.slice(2);
if (!run) throw new Error('Usage: npm run bench:generate -- RUN_FOLDER [SENTENCE]');
await findBuild(); // once, before anything is timed
const out = makeFolder();
mkdirSync(join(out, 'faces'));

const generate = (...args: string[]): number =>
  time([process.execPath, join(FACET_ROOT, 'bin/facet.js'), 'generate', ...nameRun(run), sentence, ...args]) / 1000;
const repeat = (work: () => number): number[] => Array.from({ length: TIMES }, work).sort((a, b) => a - b);

const grid = ['--out', join(out, 'faces.png')];
const eight = repeat(() => generate('--count', '8', ...grid));
const checked = repeat(() => generate('--count', '8', '--check', ...grid));
const inGrid = repeat(() => generate('--count', String(MANY), ...grid));
const single = repeat(() => generate('--count', String(MANY), '--out', `${join(out, 'faces')}/`));
const forward = await timeForward();

const row = (what: string, seconds: number[], pictures?: number) => ({
  what,
  seconds: `${median(seconds)!.toFixed(2)} (${seconds[0]!.toFixed(2)} to ${seconds.at(-1)!.toFixed(2)})`,
  'images/s': pictures === undefined ? '' : Math.round(pictures / median(seconds)!),
});
const beyondStart = (seconds: number[]) => seconds.map((each) => each - median(eight)!);
console.table([
  row('8 pictures, a cold start', eight),
  row('the same with --check', checked),
  row(`${MANY} pictures in a grid`, inGrid, MANY),
  row('without the start', beyondStart(inGrid), MANY - 8),
  row(`${MANY} single files`, single, MANY),
  row('without the start', beyondStart(single), MANY - 8),
  row('the generator alone', forward, MANY),
]);
process.exit(0);

async function timeForward(): Promise<number[]> {
  const { kernels: k } = await startEngine(run!, requireRunRecord(run!));
  const { shape, sample } = loadGenerator(run!, { k });
  const random = createRandom(1, 'noise');
  const noise = Float32Array.from({ length: MANY * shape.latentSize }, () => random.normal());
  const labels = Float32Array.from({ length: MANY * shape.conditions }, () => random.integer(2));
  await sample(noise, labels);
  const seconds: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const start = performance.now();
    await sample(noise, labels);
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b);
}
