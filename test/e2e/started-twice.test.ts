// The real trainer on the real TensorFlow, as a job that a cluster starts twice: without a channel to its runner.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { identifyDataset } from '../../src/model/data/sources/index.ts';
import { readLease } from '../../src/results/leases/lease.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, logFile, metricsFile, runFolder } from '../../src/results/paths.ts';
import { readRun } from '../../src/results/read.ts';
import { createLyingExecutor } from '../helpers/lying-executor.ts';
import { createPoints, runSweep } from '../helpers/sweep.ts';

let resultsRoot: string;
beforeAll(() => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-twice-'));
});
afterAll(() => rmSync(resultsRoot, { recursive: true, force: true }));

it('trains once: one process takes the lease of the run, the other one leaves', { timeout: 180_000 }, async () => {
  vi.stubEnv('FACET_CACHE', join(resultsRoot, 'cache'));
  vi.stubEnv('FACET_BACKEND', 'tensorflow');
  const config = runConfigSchema.parse({
    attributes: ['Male'],
    dataset: { source: 'synthetic', images: 40, imageSize: 32, drawings: 2 },
    model: { width: 16 },
    training: { epochs: 3, batchSize: 8 },
    samples: { rows: 2 },
  });
  const [first] = createPoints(1);
  const point = { id: first!.id, point: { config, axes: {} }, dataIdentity: await identifyDataset(config.dataset) };
  const trainer = join(await ensureBuilt(), 'model/main.js');
  const executor = createLyingExecutor({ seed: 1, trainer, lives: join(resultsRoot, 'lives.jsonl'), atOnce: 1, oneTwinIn: 1 });
  await runSweep({ resultsRoot, points: [point], executor, slots: 1 });

  const folder = runFolder(resultsRoot, 'sweep', point.id);
  expect(executor.countTwins()).toBe(1);
  await expect.poll(executor.countOpen, { timeout: 30_000 }).toBe(0);
  const log = readFileSync(logFile(folder), 'utf8');
  expect(log.match(/^Process \d+ on .* has worked on this run since .*\. This one leaves\.$/gm), log).toHaveLength(1);
  expect(readRun(folder).outcome).toMatchObject({ status: 'succeeded', steps: 15 });
  expect(readMetrics(metricsFile(folder)).records.map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  expect(readLease(leaseFile(folder))).toBeNull();
});
