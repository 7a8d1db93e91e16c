// metrics.jsonl of a run: a line a step. The trainer writes it, everybody else reads it.

import { median } from '../../experiment/units.ts';
import { isObject } from '../check-records.ts';
import { metricsFile } from '../paths.ts';
import type { MetricsRecord, OutcomeRecord } from '../records.ts';
import { type Cursor, eachJsonLine, findJsonLine, type Lines, readJsonLines, readLastJsonLines, StepLinesWriter } from './jsonl.ts';

export class MetricsWriter extends StepLinesWriter<MetricsRecord> {}

export type MetricsChunk = Lines<MetricsRecord>;

/** The metrics from a cursor on. A missing file reads as empty. "NaN" and "Infinity" are numbers again. */
export function readMetrics(path: string, { from }: { from?: Cursor } = {}): MetricsChunk {
  return readJsonLines(path, METRICS, from);
}

/**
 * The metrics of a run one after the other, for files of any length. `onOther` is told of each line that is none. Throws an UnreadableFile.
 */
export function eachMetrics(folder: string, onOther: () => void): Generator<MetricsRecord> {
  return eachJsonLine(metricsFile(folder), METRICS, onOther);
}

/** The last metrics record of a run; null where there is none. Reads only the end of the file. */
export function readLastMetrics(folder: string): MetricsRecord | null {
  return readLastJsonLines(metricsFile(folder), METRICS, TAIL_BYTES).at(-1) ?? null;
}

/** The first metrics record of a run that is wanted, from the beginning of the file; null where there is none. Reads no further. */
export function findMetrics(folder: string, isWanted: (record: MetricsRecord) => boolean): MetricsRecord | null {
  return findJsonLine(metricsFile(folder), METRICS, isWanted);
}

/** How far a run came, over all attempts. Zero steps where it has no metrics. */
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

export const METRICS = {
  what: 'a metrics record',
  parse: (value: unknown, previous?: MetricsRecord): MetricsRecord | null => {
    if (!isObject(value) || typeof value.step !== 'number') return null;
    if (typeof value.epoch === 'number' && typeof value.seconds === 'number') return value as unknown as MetricsRecord;
    if (value.epoch !== undefined && typeof value.epoch !== 'number') return null;
    // A trainer of one's own may write the step alone.
    return { ...value, epoch: value.epoch ?? previous?.epoch ?? 1, seconds: value.seconds ?? previous?.seconds ?? 0 } as MetricsRecord;
  },
};

const TAIL_BYTES = 4096;
