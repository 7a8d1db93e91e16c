// Threads that read long metrics: what they read is what a server without them reads, and one that cannot be started is not missed.

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExperimentData, SeriesReply } from '../../src/dashboard/data/api.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';

const SCRIPT = join(FACET_WORKERS, 'metrics.mjs');
const RUNS = 9;
const STEPS = 2000;
/** Of the first run: more than one order of a thread reads. */
const LONG_STEPS = 60_000;

let resultsRoot: string;
let here: Awaited<ReturnType<typeof ask>>;

const fileOf = (i: number): string => join(resultsRoot, 'sweep', `run-${i}`, 'metrics.jsonl');
const line = (step: number, lossG: number): string =>
  `${JSON.stringify({ step, epoch: Math.ceil(step / 100), seconds: step / 8, imagesPerSecond: 800, lossG, lossD: lossG / 3 })}\n`;

beforeAll(async () => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-threads-'));
  for (let i = 0; i < RUNS; i++) {
    mkdirSync(join(fileOf(i), '..'), { recursive: true });
    const steps = Array.from({ length: i === 0 ? LONG_STEPS : STEPS }, (_, at) => at + 1);
    // Bad lines in every part of the file: twenty are named, the rest are counted.
    writeFileSync(fileOf(i), steps.map((step) => line(step, Math.sin(step / 50 + i)) + (step % 500 === 7 ? 'no record\n' : '')).join(''));
  }
  const record = { format: 1, name: 'sweep', runs: Array.from({ length: RUNS }, (_, i) => ({ id: `run-${i}`, axes: {} })) };
  writeFileSync(join(resultsRoot, 'sweep', 'experiment.json'), JSON.stringify(record));
  here = await ask(createTestDashboard({ resultsRoot }));
});

afterAll(() => rmSync(resultsRoot, { recursive: true, force: true }));

async function ask(dashboard: TestDashboard) {
  const reply = async <T>(path: string): Promise<T> => (await dashboard.get(`/api/experiments/sweep/${path}`)).json() as T;
  const { runs: series, reading } = await reply<SeriesReply>('series?metric=lossG&metric=lossD&points=512');
  const { runs } = await reply<ExperimentData>('runs');
  expect(dashboard.errors).toEqual([]);
  return {
    series,
    reading,
    runs: runs.map(({ id, step, epoch, stepsPerEpoch, last, problems }) => ({ id, step, epoch, stepsPerEpoch, last, problems })),
  };
}

it('read the same as the server itself, files that take several orders and bad lines included', async () => {
  expect(here.runs.map(({ step }) => step)).toEqual([LONG_STEPS, ...Array(RUNS - 1).fill(STEPS)]);
  expect(here.runs[0]!.problems.at(-1)).toContain('and 100 more lines');
  expect(await ask(createTestDashboard({ resultsRoot, threadScript: SCRIPT }))).toEqual(here);
});

it('go on where a file has grown, and begin again where it was written anew', async () => {
  const dashboard = createTestDashboard({ resultsRoot, threadScript: SCRIPT });
  await ask(dashboard);
  appendFileSync(fileOf(1), Array.from({ length: STEPS }, (_, i) => line(STEPS + i + 1, 5)).join(''));
  writeFileSync(fileOf(2), Array.from({ length: STEPS - 9 }, (_, i) => line(i + 1, 6)).join(''));
  const now = await ask(dashboard);
  expect(now).toEqual(await ask(createTestDashboard({ resultsRoot })));
  expect(now.runs.slice(1, 3)).toMatchObject([
    { step: 2 * STEPS, last: { lossG: 5 } },
    { step: STEPS - 9, last: { lossG: 6 }, problems: [] },
  ]);
});

it('are not missed where they cannot be started', async () => {
  const { series } = await ask(createTestDashboard({ resultsRoot, threadScript: join(resultsRoot, 'nothing.mjs') }));
  expect(series.map(({ lastStep }) => lastStep)).toEqual([LONG_STEPS, 2 * STEPS, STEPS - 9, ...Array(RUNS - 3).fill(STEPS)]);
});
