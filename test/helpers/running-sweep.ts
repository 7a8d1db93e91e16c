// A sweep under way in a workplace, watched through its folders.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { leaseFile, metricsFile } from '../../src/results/paths.ts';
import { type ExperimentResults, readExperiment } from '../../src/results/read.ts';
import type { Workplace } from './built-cli.ts';

export const readSweep = (workplace: Workplace): ExperimentResults => readExperiment(workplace.results, 'sweep');

export const statesOf = (workplace: Workplace) => readSweep(workplace).runs.map(({ state }) => state);

export const stepsOf = (workplace: Workplace, index: number): number[] => {
  const run = readSweep(workplace).runs[index];
  return run ? readMetrics(metricsFile(run.folder)).records.map(({ step }) => step) : [];
};

/** Until each of the first runs has taken a step. */
export const untilTraining = (workplace: Workplace, runs: number) =>
  expect.poll(() => Array.from({ length: runs }, (_, index) => stepsOf(workplace, index).length), { timeout: 60_000 }).not.toContain(0);

export const pidOf = (runFolder: string): number | null =>
  existsSync(leaseFile(runFolder)) ? JSON.parse(readFileSync(leaseFile(runFolder), 'utf8')).pid : null;

export const sweepFolder = (workplace: Workplace): string => join(workplace.results, 'sweep');
