// The trainer in docs/trainers.md keeps the contract that stands above it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import type { RunnerEvent } from '../../src/runner/run-experiment.ts';
import { createPoints, runSweep } from '../helpers/sweep.ts';

let root: string;
let trainer: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-trainer-'));
  trainer = join(root, 'trainer.mjs');
  const page = readFileSync(join(FACET_ROOT, 'docs', 'trainers.md'), 'utf8');
  writeFileSync(trainer, /```js\n([\s\S]*?)```/.exec(page)![1]!);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const runs = () => readExperiment(join(root, 'results'), 'sweep').runs;
const steps = () => runs().map(({ folder }) => readMetrics(metricsFile(folder)).records.map(({ step }) => step));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it('stops when it is asked, goes on from there and succeeds', async () => {
  const sweep = { resultsRoot: join(root, 'results'), points: createPoints(2, 30), trainer };
  const stop = new AbortController();
  const onEvent = (event: RunnerEvent) => event.type === 'launched' && setTimeout(() => stop.abort(), 300);
  await runSweep({ ...sweep, graceful: stop.signal, onEvent, graceMs: 10_000 });
  expect(runs().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  await runSweep(sweep);
  expect(runs().map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  expect(steps()).toEqual([upTo(30), upTo(30)]);
});

it('pauses for successive halving', async () => {
  const halving = { metric: 'lossG', mode: 'min', minEpochs: 2, factor: 2 } as const;
  await runSweep({ resultsRoot: join(root, 'results'), points: createPoints(2, 6), trainer, halving });
  expect(runs().map(({ state }) => state)).toEqual(['succeeded', 'stopped-early']);
  expect(steps()).toEqual([upTo(6), upTo(2)]);
});
