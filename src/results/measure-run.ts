// Room: results. How far a run came, from its metrics: for the outcome of one that did not come to its end.

import { metricsFile } from './paths.ts';
import { readMetrics } from './read.ts';
import type { OutcomeRecord } from './records.ts';

/** Zero steps where it has no metrics. */
export function measureRun(folder: string): Pick<OutcomeRecord, 'steps' | 'epochs' | 'seconds' | 'imagesPerSecond'> {
  const { records } = readMetrics(metricsFile(folder));
  const last = records.at(-1);
  const speeds = records.map((record) => record.imagesPerSecond).sort((a, b) => a - b);
  return {
    steps: last?.step ?? 0,
    epochs: last?.epoch ?? 0,
    seconds: last?.seconds ?? 0,
    imagesPerSecond: speeds[Math.floor(speeds.length / 2)] ?? null,
  };
}
