import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeptSeries } from '../../src/dashboard/curves/kept-series.ts';
import { LiveRun } from '../../src/dashboard/views/live-run.ts';
import { describeRun } from '../../src/dashboard/views/run-facts.ts';
import { readRun } from '../../src/results/read.ts';
import { writeTrainingRecord } from '../../src/results/write-run.ts';
import { exampleRun } from '../helpers/example-results.ts';

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'facet-facts-'));
});
afterEach(() => rmSync(results, { recursive: true }));

it('a run tells how many steps it has from its first epoch on, as its trainer has stored them', () => {
  const folder = join(results, 'sweep', 'run');
  mkdirSync(folder, { recursive: true });
  const record = exampleRun({ id: 'run', experiment: 'sweep', axes: {}, attributes: ['Male'] });
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  const line = { step: 1, epoch: 1, seconds: 1, imagesPerSecond: 1, lossD: 1, lossG: 1, dReal: 0.5, dFake: 0.5 };
  writeFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
  const live = new LiveRun(results, readRun(folder), { capacity: 8, mostDrawn: 8, version: 1, kept: new KeptSeries(null) });
  const look = (version: number) => {
    const isChanged = live.update(readRun(folder), { version, attributes: null });
    const { steps, stepsPerEpoch } = describeRun('sweep', live);
    return { isChanged, steps, stepsPerEpoch };
  };
  expect(look(1)).toMatchObject({ steps: null, stepsPerEpoch: null });
  const { epochs } = record.config.training;
  writeTrainingRecord(folder, { format: 1, stepsPerEpoch: 10, steps: 10 * epochs, epochs });
  expect(look(2)).toEqual({ isChanged: true, steps: 10 * epochs, stepsPerEpoch: 10 });
  expect(look(3).isChanged).toBe(false);
});
