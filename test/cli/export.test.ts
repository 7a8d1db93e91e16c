// facet export: where the folder goes, what is never replaced, and what a stop leaves.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireFreePlace } from '../../src/cli/export/require-free-place.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let workplace: Workplace;
let ids: Record<string, string>;
beforeEach(async () => {
  workplace = createWorkplace();
  ids = await writeExampleResults(workplace.results, { stepsPerEpoch: 2, rows: 1, imageSize: 32 });
});
afterEach(() => workplace.remove());

const files = () =>
  readdirSync(workplace.folder)
    .filter((name) => name !== 'node_modules')
    .toSorted(); // a link of the workplace's own
const read = (...path: string[]) => readFileSync(join(workplace.folder, ...path), 'utf8');

it('writes a folder beside the results, named by experiment and format, and replaces it only when told to', async () => {
  const { exitCode, stdout } = await workplace.facet('export', 'attr-sweep', '--to', 'csv');
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^attr-sweep-csv: 8 runs and \d+ records of attr-sweep\n/)]);
  expect(readdirSync(join(workplace.folder, 'attr-sweep-csv')).toSorted()).toEqual(['export.json', 'records.csv', 'runs.csv']);
  const again = await workplace.facet('export', 'attr-sweep', '--to', 'csv');
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('which holds an export: add --overwrite to replace it')]);
  writeFileSync(join(workplace.folder, 'attr-sweep-csv', 'runs.csv'), 'old');
  expect((await workplace.facet('export', 'attr-sweep', '--to', 'csv', '--overwrite')).exitCode).toBe(0);
  expect(read('attr-sweep-csv', 'runs.csv')).toContain(ids['two 1']);
  expect(files()).toEqual(['attr-sweep-csv', 'results']);
});

it.each([
  ['a folder with other files', 'mine', ', which is there and holds other files'],
  ['a file', 'mine/notes.txt', ', which is a file'],
  ['a folder in the results', 'results/csv', ', which lies in the results'],
  ['a folder in none', 'no/where', ' in a folder that does not exist'],
])('refuses %s, with --overwrite, too', (_, name, why) => {
  mkdirSync(join(workplace.folder, 'mine'));
  writeFileSync(join(workplace.folder, 'mine', 'notes.txt'), 'notes');
  const out = join(workplace.folder, name);
  const require = () => requireFreePlace(out, { results: workplace.results, overwrite: true });
  expect(require).toThrow(new RegExp(`^--out: expected a new folder, got .*${why}$`));
});

it('leaves out runs that the file no longer asks for, unless --former asks for them', async () => {
  const record = join(workplace.results, 'attr-sweep', 'experiment.json');
  const experiment = JSON.parse(readFileSync(record, 'utf8'));
  writeFileSync(record, JSON.stringify({ ...experiment, runs: experiment.runs.slice(1) }));
  expect((await workplace.facet('export', 'attr-sweep', '--to', 'tensorboard', '--out', 'now')).stdout).toContain('now: 7 runs and ');
  expect((await workplace.facet('export', 'attr-sweep', '--to', 'tensorboard', '--out', 'all', '--former')).exitCode).toBe(0);
  expect(existsSync(join(workplace.folder, 'now', ids['two 1']!))).toBe(false);
  expect(existsSync(join(workplace.folder, 'all', ids['two 1']!))).toBe(true);
});

it('names the format that it does not know, and an experiment that is not there', async () => {
  const format = await workplace.facet('export', 'attr-sweep', '--to', 'xlsx');
  expect([format.exitCode, format.stderr]).toEqual([2, expect.stringContaining('csv, parquet, tensorboard')]);
  const name = await workplace.facet('export', 'atr-sweep', '--to', 'csv');
  expect([name.exitCode, name.stderr]).toEqual([2, expect.stringContaining('did you mean "attr-sweep"')]);
});

it('leaves nothing behind on Ctrl-C', async () => {
  const line = (step: number) => `{"step":${step},"epoch":1,"seconds":1,"lossD":${step / 7}}\n`;
  const many = Array.from({ length: 400_000 }, (_, index) => line(index + 1)).join('');
  appendFileSync(join(workplace.results, 'attr-sweep', ids['two 1']!, 'metrics.jsonl'), many);
  const exported = workplace.facet('export', 'attr-sweep', '--to', 'csv');
  await expect.poll(() => files().some((name) => name.endsWith('.tmp')), { timeout: 60_000, interval: 5 }).toBe(true);
  exported.kill('SIGINT');
  expect((await exported).exitCode).toBe(130);
  expect(files()).toEqual(['results']);
});
