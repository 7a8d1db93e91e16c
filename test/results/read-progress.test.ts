import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { metricsFile, runFile, trainingFile } from '../../src/results/paths.ts';
import { readRun } from '../../src/results/read.ts';
import { createProgressReader } from '../../src/results/read-progress.ts';
import { writeTrainingRecord } from '../../src/results/write-run.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'facet-progress-')), 'run');
  mkdirSync(folder);
  const config = runConfigSchema.parse({ attributes: ['Male'], training: { epochs: 4 } });
  writeFileSync(runFile(folder), JSON.stringify({ format: 1, id: 'run', experiment: 'sweep', axes: {}, config, provenance: {} }));
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const writeMetrics = (steps: number, stepsPerEpoch: number) =>
  writeFileSync(
    metricsFile(folder),
    Array.from(
      { length: steps },
      (_, i) => `${JSON.stringify({ step: i + 1, epoch: Math.ceil((i + 1) / stepsPerEpoch), seconds: i })}\n`,
    ).join(''),
  );
const stepsOf = () => createProgressReader()(readRun(folder)).steps;

describe('the steps of a run', () => {
  it('are known in its first epoch, as its trainer has stored them', () => {
    writeMetrics(2, 10);
    expect(stepsOf()).toBeNull();
    writeTrainingRecord(folder, { format: 1, stepsPerEpoch: 10, steps: 40, epochs: 4 });
    expect(stepsOf()).toBe(40);
  });

  it('are told by the metrics of a run that stored none, from its second epoch on', () => {
    writeMetrics(12, 10);
    expect(stepsOf()).toBe(40);
  });

  it('are not believed where the record is none', () => {
    writeMetrics(2, 10);
    for (const text of ['', '{}', '{"stepsPerEpoch":-1,"steps":4,"epochs":4}', '[1]']) {
      writeFileSync(trainingFile(folder), text);
      expect(stepsOf(), text).toBeNull();
    }
    writeTrainingRecord(folder, { format: 1, stepsPerEpoch: 10, steps: 40, epochs: 4 });
    expect(stepsOf()).toBe(40);
  });
});
