// What the oracle reads in faces of sentences: npm run -s bench:text-to-face -- RUN_FOLDER [PICTURES_FOLDER] > table.md
// 25 sentences x 8 pictures by the command itself, read back by the oracle of the run. Prints Markdown: a row a sentence, then a row an
// attribute. The pictures stay in PICTURES_FOLDER (text-to-face), named by the number of the sentence.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadBack } from '../src/results/generation.ts';
import { requireRunRecord } from '../src/results/read.ts';
import { findBuild } from './runner/workshop.ts';
import { nameRun } from './text-to-face/name-run.ts';
import { chooseSentences } from './text-to-face/sentences.ts';
import { writeTables } from './text-to-face/write-tables.ts';

const PICTURES = 8;
const [run, folder = 'text-to-face'] = process.argv.slice(2);
if (!run) throw new Error('Usage: npm run bench:text-to-face -- RUN_FOLDER [PICTURES_FOLDER]');
const cli = join(await findBuild(), 'cli.js');
mkdirSync(folder, { recursive: true });

const { config } = requireRunRecord(run);
const readings = chooseSentences(config.attributes).map((sentence, i) => ({ sentence, readBack: generate(sentence, i + 1) }));
process.stdout.write(writeTables(readings));

function generate(sentence: string, number: number): ReadBack {
  const out = join(folder, `${String(number).padStart(2, '0')}.png`);
  const args = [cli, 'generate', ...nameRun(run!), sentence, '--count', String(PICTURES), '--check', '--out', out, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`"${sentence}": the command ended with ${status}: ${stderr}`);
  const { readBack, warnings } = JSON.parse(stdout) as { readBack: ReadBack | null; warnings: string[] };
  if (!readBack) throw new Error(`"${sentence}": the pictures were not read back: ${warnings.join(' ')}`);
  return readBack;
}
