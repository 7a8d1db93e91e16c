// What other programs read of an export: tables and event files, read back by other code than has written them.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { crc32c } from '../../src/results/export/crc32c.ts';
import { exportExperiment } from '../../src/results/export/export-experiment.ts';
import type { ExportFormat } from '../../src/results/export/formats.ts';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile, sampleImageFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { readEvents, slowCrc32c } from '../helpers/read-events.ts';

let root: string;
let ids: Record<string, string>;
let problems: string[];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facet-export-'));
  ids = await writeExampleResults(join(root, 'results'), { stepsPerEpoch: 5, rows: 1, imageSize: 32, hasOracle: true });
});
beforeEach(() => {
  problems = [];
  rmSync(out(), { recursive: true, force: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const out = () => join(root, 'out');
async function exportTo(to: ExportFormat, signal = new AbortController().signal) {
  const { name, runs } = readExperiment(join(root, 'results'), 'attr-sweep');
  const begun = runs.filter(({ state }) => state !== 'queued');
  const onProblem = (line: string) => problems.push(line);
  return exportExperiment({ name, runs: begun }, { to, out: out(), version: '1', signal, onRun: () => {}, onProblem });
}
const folderOf = (run: string) => join(root, 'results', 'attr-sweep', ids[run]!);

it('computes CRC-32C as RFC 3720 has it', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) % 256);
  expect(crc32c(bytes)).toBe(slowCrc32c(bytes));
});

it('writes event files with every metric, every evaluation and every sample grid of a run, by step', async () => {
  await exportTo('tensorboard');
  const id = ids['five 1']!;
  const [file] = readdirSync(join(out(), id));
  expect(file).toContain('tfevents');
  const [head, ...events] = readEvents(join(out(), id, file!));
  expect(head).toMatchObject({ version: 'brain.Event:2', values: [] });
  const series = (tag: string) =>
    events.flatMap(({ step, values }) => values.filter((value) => value.tag === tag).map(({ scalar }) => [step, scalar]));
  const { records } = readMetrics(metricsFile(folderOf('five 1')));
  expect(series('training/lossG')).toEqual(records.map(({ step, lossG }) => [step, Math.fround(lossG!)]));
  const evaluations = readEvaluations(folderOf('five 1')).records;
  expect(series('evaluation/slicedWasserstein')).toEqual(
    evaluations.map(({ step, values }) => [step, Math.fround(values.slicedWasserstein!)]),
  );
  const grids = events.flatMap(({ step, values }) => values.flatMap(({ image }) => (image ? [{ step, ...image }] : [])));
  expect(grids.map(({ step }) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  const png = readFileSync(sampleImageFile(folderOf('five 1'), 8));
  expect(grids[7]).toMatchObject({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) });
  expect(grids[7]!.png.equals(png)).toBe(true);
  const steps = events.map(({ step }) => step);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  const seconds = Date.parse('2026-01-10T09:00:00.000Z') / 1000 + records[0]!.seconds;
  expect(events[0]!.wallTime).toBeCloseTo(seconds, 3);
});

it('names what a tag is once, and keeps a loss that is no number', async () => {
  await exportTo('tensorboard');
  const id = ids['ten 1']!;
  const values = readEvents(join(out(), id, readdirSync(join(out(), id))[0]!)).flatMap((event) => event.values);
  const losses = values.filter(({ tag }) => tag === 'training/lossD');
  expect(losses.filter(({ name }) => name !== undefined)).toEqual([losses[0]]);
  expect(losses[0]).toMatchObject({ name: 'Discriminator loss', plugin: 'scalars' });
  expect(losses.at(-1)!.scalar).toBeNaN();
});

const readCsv = (name: string) => parse<Record<string, string>>(readFileSync(join(out(), `${name}.csv`)), { columns: true });
const readParquet = async (name: string) =>
  (await parquetReadObjects({ file: await asyncBufferFromFile(join(out(), `${name}.parquet`)) })) as Record<string, unknown>[];

it('writes a row a run, with its parameters and what it is worth, as CSV', async () => {
  await exportTo('csv');
  const rows = readCsv('runs');
  expect(rows.map(({ run }) => run)).toEqual(Object.values(ids).filter((id) => id !== ids['ten 3']));
  const five = rows.find(({ run }) => run === ids['five 1'])!;
  expect(five).toMatchObject({ state: 'succeeded', current: 'true', steps: '40', 'axis.attributes': 'five', 'training.seed': '1' });
  expect(JSON.parse(five.attributes!)).toEqual(['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond_Hair']);
  expect(Number(five['last.frechetDistance'])).toBeGreaterThan(0);
  expect(rows.find(({ run }) => run === ids['ten 1'])!['last.lossG']).toBe('NaN');
});

it('writes a row for each recorded value, as CSV and Parquet alike', async () => {
  await exportTo('csv');
  const [records, runs] = [readCsv('records'), readCsv('runs')];
  const own = records.filter(({ run, kind, metric }) => run === ids['two 1'] && kind === 'step' && metric === 'lossD');
  const { records: written } = readMetrics(metricsFile(folderOf('two 1')));
  expect(own.map(({ step, value }) => [Number(step), Number(value)])).toEqual(written.map(({ step, lossD }) => [step, lossD]));
  expect(records.some(({ kind }) => kind === 'evaluation')).toBe(true);

  rmSync(out(), { recursive: true });
  await exportTo('parquet');
  const asText = (row: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null || value === undefined ? '' : String(value)]));
  expect((await readParquet('records')).map(asText)).toEqual(records);
  const table = await readParquet('runs');
  expect(table.map(asText)).toEqual(runs);
  expect(table[0]).toMatchObject({ 'training.seed': 1, current: true });
});

it('leaves nothing behind when it is stopped', async () => {
  await expect(exportTo('csv', AbortSignal.abort())).rejects.toThrow();
  expect(existsSync(out())).toBe(false);
  expect(readdirSync(root)).toEqual(['results']);
});

it('leaves out lines and pictures that cannot be read, and says so', async () => {
  writeFileSync(
    metricsFile(folderOf('two 1')),
    '{"step":1,"epoch":1,"seconds":1,"lossD":2}\nno json\n{"step":1.5,"epoch":1,"seconds":1}\n',
  );
  writeFileSync(sampleImageFile(folderOf('two 1'), 1), 'no picture');
  await exportTo('tensorboard');
  expect(problems).toEqual([
    `${folderOf('two 1')}: 2 of the lines in metrics.jsonl are no metrics, and left out`,
    `${sampleImageFile(folderOf('two 1'), 1)}: expected a PNG, found something else; the grid is left out`,
  ]);
});
