// Steps of a range from the metrics themselves, where the curves that are kept are too coarse: only that part of the file is read.

import { UnreadableFile, withPlainFile } from '../../results/files/read.ts';
import { parseLine, scanLineBytes } from '../../results/lines/jsonl.ts';
import { METRICS } from '../../results/lines/metrics.ts';
import type { MetricsRecord } from '../../results/records.ts';
import { addValue, type Bucket, emptyBucket } from './bucket.ts';
import { FlatLine } from './flat-line.ts';
import type { MetricsReader } from './metrics-reader.ts';

export interface DetailRange {
  metrics: readonly string[];
  bucketSteps: number;
  /** Of the first bucket: its steps begin at first * bucketSteps + 1. */
  first: number;
  buckets: number;
}

export interface Detail {
  curves: Map<string, Bucket[]>;
  /** For each bucket: seconds of training at its last record. */
  seconds: number[];
}

/** Where in the file the records of these steps lie. */
export function locateSteps({ series, offset }: MetricsReader, from: number, to: number): { start: number; end: number } {
  const { bucketSteps } = series.shape;
  const start = series.offsetOf(Math.floor((from - 1) / bucketSteps)) ?? offset;
  const end = series.offsetOf(Math.floor((to - 1) / bucketSteps) + 1) ?? offset;
  return { start, end: Math.max(start, end) };
}

/** null where the file is another one meanwhile, or cannot be read: what is kept is shown then. */
export function readDetail(reader: MetricsReader, range: DetailRange): Detail | null {
  const { metrics, bucketSteps, first, buckets } = range;
  const { start, end } = locateSteps(reader, first * bucketSteps + 1, (first + buckets) * bucketSteps);
  const detail: Detail = {
    curves: new Map(metrics.map((name) => [name, Array.from({ length: buckets }, emptyBucket)])),
    seconds: new Array<number>(buckets).fill(0),
  };
  try {
    return withPlainFile(reader.path, (file, { ino, size }) => {
      if (ino !== reader.inode || size < end) return null;
      const line = new FlatLine();
      for (const { bytes, start: from, stop, isTooLong } of scanLineBytes(file, start, end)) {
        const record = isTooLong ? null : line.read(bytes, from, stop) ? fieldsOf(line) : parse(bytes.toString('utf8', from, stop));
        const bucket = record === null ? -1 : Math.floor((record.step! - 1) / bucketSteps) - first;
        if (record === null || bucket < 0 || bucket >= buckets) continue;
        for (const [name, curve] of detail.curves) addValue(curve[bucket]!, record.step!, record[name]);
        if (Number.isFinite(record.seconds)) detail.seconds[bucket] = record.seconds!;
      }
      return detail;
    });
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

function fieldsOf({ names, values, count }: FlatLine): Partial<Record<string, number>> | null {
  const record: Partial<Record<string, number>> = {};
  for (let i = 0; i < count; i++) record[names[i]!] = values[i];
  return record.step === undefined ? null : record;
}

function parse(text: string): MetricsRecord | null {
  const record = parseLine<MetricsRecord>(text, METRICS, undefined);
  return typeof record === 'string' ? null : record;
}
