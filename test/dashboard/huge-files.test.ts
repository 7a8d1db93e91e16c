// Files that are far too large, and lines that never end: named, with all the rest shown.

import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExperimentData, RunData } from '../../src/dashboard/data/api.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
const place = (run: string, file: string): string => join(dashboard.resultsRoot, 'sweep', run, file);
const line = (step: number): string => `${JSON.stringify({ step, epoch: 1, seconds: step, lossG: 1 })}\n`;

beforeEach(() => {
  dashboard = createTestDashboard();
  const runs = ['odd', 'good'].map((id) => ({ id, axes: {} }));
  for (const { id } of runs) {
    mkdirSync(place(id, ''), { recursive: true });
    writeFileSync(place(id, 'run.json'), JSON.stringify(exampleRun({ id, experiment: 'sweep', axes: {}, attributes: ['Male'] })));
    writeFileSync(place(id, 'metrics.jsonl'), [1, 2, 3].map(line).join(''));
  }
  writeFileSync(place('', 'experiment.json'), JSON.stringify({ format: 1, name: 'sweep', runs }));
});

afterEach(() => dashboard.remove());

async function look(): Promise<{ odd: RunData; good: RunData; problems: string[] }> {
  for (const path of ['/', '/experiments/sweep', '/experiments/sweep/runs/odd', '/api/experiments/sweep/runs/odd/changes']) {
    expect([path, (await dashboard.get(path)).status]).toEqual([path, 200]);
  }
  const { runs, problems } = (await (await dashboard.get('/api/experiments/sweep/runs')).json()) as ExperimentData;
  return { odd: runs.find(({ id }) => id === 'odd')!, good: runs.find(({ id }) => id === 'good')!, problems };
}

/** A file of that size of which the disk holds nothing. */
function makeSparse(path: string, bytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
}

it.each([
  ['run.json', 5e9],
  ['outcome.json', 5e9],
  ['metrics.jsonl', 5e9],
  ['evaluations.jsonl', 6e8],
])('a %s of %d bytes is named and not read, and the other runs stay', async (file, bytes) => {
  makeSparse(place('odd', file), bytes);
  const { odd, good } = await look();
  expect(odd.problems).toEqual([expect.stringMatching(new RegExp(`^sweep/odd/${file}: expected at most \\d+ bytes, found ${bytes}$`))]);
  expect(good).toMatchObject({ step: 3, problems: [] });
  expect(dashboard.errors).toEqual([]);
});

it('a line of many megabytes is one bad line, and those around it are read', async () => {
  const junk = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 7; i++) appendFileSync(place('odd', 'metrics.jsonl'), junk);
  appendFileSync(place('odd', 'metrics.jsonl'), `\n${line(4)}`);
  const { odd } = await look();
  expect(odd.step).toBe(4);
  expect(odd.problems).toEqual([
    expect.stringMatching(/^sweep\/odd\/metrics\.jsonl:4 {2}expected a metrics record, got "(x+|a line too long)"$/),
  ]);
});

it('a line that has no end yet is waited for, not complained of', async () => {
  const junk = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 5; i++) appendFileSync(place('odd', 'metrics.jsonl'), junk);
  expect((await look()).odd).toMatchObject({ step: 3, problems: [] });
});

it('an experiment.json of 100,000 runs is read as far as 20,000, and that is said', async () => {
  const runs = Array.from({ length: 100_000 }, (_, i) => ({ id: i < 2 ? ['odd', 'good'][i] : `run-${i}`, axes: {} }));
  writeFileSync(place('', 'experiment.json'), JSON.stringify({ format: 1, name: 'sweep', runs }));
  const { good, problems } = await look();
  expect(good.step).toBe(3);
  expect(problems).toEqual([
    expect.stringMatching(/experiment\.json: expected at most 20000 runs, found 100000; the others are not read$/),
  ]);
});
