// Records whose fields are of other types than Facet writes, as another version or an editor leaves them: every page answers.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun } from '../helpers/example-results.ts';

const id = 'run-1';
const axes = { attributes: 'two' };
const run = exampleRun({ id, experiment: 'odd', axes, attributes: ['Male'] });
const provenance = {
  ...run.provenance,
  git: { commit: 'a'.repeat(40), dirty: true, patch: 'code-0123abcd.patch', note: 'x' },
  lockHash: 'b',
};

const RECORDS: Record<string, object> = {
  'run.json': { ...run, provenance, resumptions: [{ ...provenance, createdAt: '2026-01-11T10:00:00.000Z', threads: 2 }] },
  'outcome.json': {
    status: 'crashed',
    message: 'x',
    finishedAt: '',
    steps: 3,
    epochs: 1,
    seconds: 9,
    imagesPerSecond: 1,
    signal: 'SIGSEGV',
  },
  'training.json': { format: 1, stepsPerEpoch: 3, steps: 24, epochs: 8 },
  'samples/000001.json': { epoch: 1, step: 3, imageSize: 32, gap: 2, rows: 1, columns: [{ label: 'Male', bits: { Male: 1 } }] },
  'metrics.jsonl': { step: 1, epoch: 1, seconds: 1, imagesPerSecond: 9, lossG: 1, lossD: 1, dReal: 0.5, dFake: 0.5 },
  'evaluations.jsonl': { step: 1, epoch: 1, values: { slicedWasserstein: 0.5 } },
  '../experiment.json': { format: 1, name: 'odd', description: 'x', file: 'x.yaml', startedAt: '', runs: [{ id, axes }] },
  '../runner.json': { token: 'x', pid: 1, startTime: 1, bootId: 'x', host: 'x', since: '2026-01-10T09:00:00.000Z' },
  '../halving.jsonl': { at: '', run: id, rung: 0, epoch: 1, metric: 'lossG', value: 1, decision: 'promoted', reason: 'x' },
};
const OTHERS = [null, 'x', [null], { x: null }];
const OTHER_NUMBERS = [0, -1, 1e308];

let dashboard: TestDashboard;
const write = (file: string, value: unknown): void =>
  writeFileSync(join(dashboard.resultsRoot, 'odd', id, file), `${JSON.stringify(value)}\n`);

beforeAll(() => {
  dashboard = createTestDashboard();
  mkdirSync(join(dashboard.resultsRoot, 'odd', id, 'samples'), { recursive: true });
  for (const [file, record] of Object.entries(RECORDS)) write(file, record);
  writeFileSync(join(dashboard.resultsRoot, 'odd', id, 'samples', '000001.png'), '');
});

afterAll(() => dashboard.remove());

/** The record with each of its values, at any depth, replaced by each of the others. */
function* variants(value: unknown): Generator<unknown> {
  yield* typeof value === 'number' ? [...OTHERS, ...OTHER_NUMBERS] : [...OTHERS, 5];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of variants(part)) yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    if (!Array.isArray(value)) yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  }
}

describe.each(Object.keys(RECORDS))('%s', (file) => {
  it('costs no page more than what it says, whatever is in its fields', async () => {
    const failed: string[] = [];
    for (const variant of variants(RECORDS[file])) {
      write(file, variant);
      for (const path of ['/', '/experiments/odd', '/api/experiments/odd/changes', `/experiments/odd/runs/${id}`]) {
        const { status } = await dashboard.get(path);
        // A run that no record names has no page.
        if (status !== 200 && !(status === 404 && path.includes('/runs/'))) failed.push(`${path} ${status}: ${JSON.stringify(variant)}`);
      }
    }
    write(file, RECORDS[file]);
    expect([...new Set(dashboard.errors.splice(0).map(String))]).toEqual([]);
    expect(failed).toEqual([]);
  });
});
