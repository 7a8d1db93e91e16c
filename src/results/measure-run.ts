// How far a run came, from its metrics.

import { median } from '../experiment/units.ts';
import { metricsFile } from './paths.ts';
import { readMetrics } from './read.ts';
import type { OutcomeRecord } from './records.ts';

/** What metrics.jsonl says, over all attempts. Zero steps where there is none. */
export function measureRun(folder: string): Pick<OutcomeRecord, 'steps' | 'epochs' | 'seconds' | 'imagesPerSecond'> {
  const { records } = readMetrics(metricsFile(folder));
  const last = records.at(-1);
  return {
    steps: last?.step ?? 0,
    epochs: last?.epoch ?? 0,
    seconds: last?.seconds ?? 0,
    imagesPerSecond: median(records.map(({ imagesPerSecond }) => imagesPerSecond).filter(Number.isFinite)),
  };
}

/** The steps up to `lastStep` that metrics.jsonl has no record of: "3 to 7, 12 to 12"; null where it has them all. */
export function describeMissingSteps(folder: string, lastStep: number): string | null {
  const missing: string[] = [];
  let expected = 1;
  for (const { step } of readMetrics(metricsFile(folder)).records) {
    if (step > lastStep) break;
    if (step > expected) missing.push(`${expected} to ${step - 1}`);
    expected = Math.max(expected, step + 1);
  }
  if (expected <= lastStep) missing.push(`${expected} to ${lastStep}`);
  return missing.length === 0 ? null : missing.join(', ');
}
