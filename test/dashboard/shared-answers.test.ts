// Fifty open pages ask for the same: an answer is made once for all of them, and again when something has changed.

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

const made = vi.hoisted(() => ({ summaries: 0, bands: 0 }));

vi.mock('../../src/dashboard/pages/experiment-parts.tsx', async (importOriginal) => {
  const module = await importOriginal<typeof import('../../src/dashboard/pages/experiment-parts.tsx')>();
  const renderSummary: typeof module.renderSummary = (live) => {
    made.summaries++;
    return module.renderSummary(live);
  };
  return { ...module, renderSummary };
});

vi.mock('../../src/dashboard/data/bands.ts', async (importOriginal) => {
  const module = await importOriginal<typeof import('../../src/dashboard/data/bands.ts')>();
  const groupBands: typeof module.groupBands = (...parts) => {
    made.bands++;
    return module.groupBands(...parts);
  };
  return { ...module, groupBands };
});

let resultsRoot: string;
let ids: Record<string, string>;
let dashboard: TestDashboard;

beforeAll(async () => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-shared-'));
  ids = await writeExampleResults(resultsRoot, { epochs: 2, stepsPerEpoch: 20, rows: 1, imageSize: 32 });
  dashboard = createTestDashboard({ resultsRoot });
});

afterAll(() => rmSync(resultsRoot, { recursive: true, force: true }));

beforeEach(() => {
  made.summaries = made.bands = 0;
});

const ask = async (path: string): Promise<string> => (await dashboard.get(`/api/experiments/attr-sweep/${path}`)).text();

function trainOn(step: number): void {
  const record = { step, epoch: 2, seconds: step, imagesPerSecond: 1, lossG: 1, lossD: 1, dReal: 0.5, dFake: 0.5 };
  appendFileSync(join(resultsRoot, 'attr-sweep', ids['five 2']!, 'metrics.jsonl'), `${JSON.stringify(record)}\n`);
}

it('what has changed is written once for all pages that know the same, and anew after the next step', async () => {
  const { cursor } = JSON.parse(await ask('changes?curves=none&cursor='));
  made.summaries = 0;
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(`changes?curves=none&cursor=${cursor}`)));
  expect(new Set(answers).size).toBe(1);
  expect(made.summaries).toBe(1);
  trainOn(1001);
  const after = await ask(`changes?curves=none&cursor=${cursor}`);
  expect(JSON.parse(after).runs).toMatchObject([{ id: ids['five 2'], view: { step: 1001 } }]);
  expect(made.summaries).toBe(2);
});

it('pages that know different things get different answers', async () => {
  const { cursor } = JSON.parse(await ask('changes?curves=none&cursor='));
  trainOn(1002);
  const [behind, fresh] = await Promise.all([ask(`changes?curves=none&cursor=${cursor}`), ask('changes?curves=none&cursor=')]);
  expect(JSON.parse(behind).runs).toHaveLength(1);
  expect(JSON.parse(fresh).runs).toHaveLength(Object.keys(ids).length);
});

it('the bands of groups are worked out once for all that ask for the same', async () => {
  const url = 'bands?metric=lossG&points=20';
  const first = await ask(url);
  expect(await Promise.all([ask(url), ask(url)])).toEqual([first, first]);
  expect(made.bands).toBe(1);
  trainOn(1003);
  expect(await ask(url)).not.toBe(first);
  await ask('bands?metric=lossD&points=20');
  expect(made.bands).toBe(3);
});
