// How long faces of a sentence take: npm run bench:generate -- RUN_FOLDER [SENTENCE]
// The command itself from its start to its end: 8 pictures (bound: 3 s), the same read back by the oracle, 1,000 pictures. Beside it, in
// this process, as many faces without files, and the forward pass of their generator alone.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/experiment/random.ts';
import { median } from '../src/experiment/units.ts';
import { startEngine } from '../src/model/child/engine.ts';
import { loadGenerator } from '../src/model/generation/load-generator.ts';
import { openRun } from '../src/model/generation/open-run.ts';
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
const { forward, faces } = await timeInProcess();

const row = (what: string, seconds: number[], pictures?: number) => ({
  what,
  seconds: `${median(seconds)!.toFixed(2)} (${seconds[0]!.toFixed(2)} to ${seconds.at(-1)!.toFixed(2)})`,
  'images/s': pictures === undefined ? '' : Math.round(pictures / median(seconds)!),
});
console.table([
  row('8 pictures, a cold start', eight),
  row('the same with --check', checked),
  row(`${MANY} pictures in a grid`, inGrid, MANY),
  row(`${MANY} single files`, single, MANY),
  row('the same in this process, no files', faces, MANY),
  row('its forward pass alone', forward, MANY),
]);
process.exit(0);

async function timeInProcess(): Promise<{ forward: number[]; faces: number[] }> {
  const { kernels: k } = await startEngine(run!, requireRunRecord(run!));
  const opened = await openRun(run!, { k });
  const request = { fixed: {}, count: MANY, seed: 1, open: 'drawn' as const };
  const { shape, sample } = loadGenerator(run!, { k });
  const random = createRandom(1, 'noise');
  const noise = Float32Array.from({ length: MANY * shape.latentSize }, () => random.normal());
  const labels = Float32Array.from({ length: MANY * shape.conditions }, () => random.integer(2));
  const [forward, faces]: [number[], number[]] = [[], []];
  for (let i = 0; i <= TIMES; i++) {
    const marks = [performance.now()];
    await sample(noise, labels);
    marks.push(performance.now());
    await opened.generate(request);
    marks.push(performance.now());
    if (i === 0) continue; // the first one is slow
    forward.push((marks[1]! - marks[0]!) / 1000);
    faces.push((marks[2]! - marks[1]!) / 1000);
  }
  return { forward: forward.sort((a, b) => a - b), faces: faces.sort((a, b) => a - b) };
}
