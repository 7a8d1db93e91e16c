// A run's metrics of steps in a range, in at most so many buckets.

import { addBucket, type Bucket, emptyBucket, meanOf, pointsOf } from '../curves/bucket.ts';
import type { RunSeries } from '../curves/run-series.ts';
import type { LiveRun } from '../views/live-run.ts';
import type { RunSeriesData, SeriesCurve } from './api.ts';

export interface SeriesRange {
  metrics: readonly string[];
  /** First and last step that are wanted. */
  from: number;
  to: number;
  /** Most buckets. */
  points: number;
}

export function readSeries({ run, series }: LiveRun, range: SeriesRange): RunSeriesData {
  const { bucketSteps, first, buckets } = layOut(series, range);
  const curves = range.metrics.flatMap((name): [string, SeriesCurve][] => {
    const merged = mergeBuckets(series, { name, first, buckets, bucketSteps });
    return merged === null ? [] : [[name, curveOf(merged, bucketSteps)]];
  });
  return {
    id: run.id,
    lastStep: series.last?.step ?? 0,
    bucketSteps,
    firstStep: first * bucketSteps + 1,
    seconds: Array.from({ length: buckets }, (_, i) => {
      const { used, bucketSteps: own } = series.shape;
      return Math.round(series.secondsOf(Math.min(used, ((first + i + 1) * bucketSteps) / own) - 1) * 10) / 10;
    }),
    curves: Object.fromEntries(curves),
  };
}

/** The buckets of a range: as fine as the run's own ones, or so coarse that there are no more than `points`. */
export function layOut(series: RunSeries, { from, to, points }: Omit<SeriesRange, 'metrics'>) {
  const lastStep = Math.min(to, series.last?.step ?? 0);
  let { bucketSteps } = series.shape;
  const count = (): number => (lastStep < from ? 0 : Math.floor((lastStep - 1) / bucketSteps) - Math.floor((from - 1) / bucketSteps) + 1);
  while (count() > points) bucketSteps *= 2;
  return { bucketSteps, first: Math.floor((from - 1) / bucketSteps), buckets: count() };
}

/** Buckets of `bucketSteps` steps, a multiple of the run's own; null for a metric that was never recorded. */
export function mergeBuckets(
  series: RunSeries,
  { name, first, buckets, bucketSteps }: { name: string; first: number; buckets: number; bucketSteps: number },
): Bucket[] | null {
  const { bucketSteps: own, used } = series.shape;
  if (used === 0 || series.bucketOf(name, 0) === null) return null;
  const factor = bucketSteps / own;
  return Array.from({ length: buckets }, (_, i) => {
    const merged = emptyBucket();
    const start = (first + i) * factor;
    for (let each = start; each < Math.min(used, start + factor); each++) addBucket(merged, series.bucketOf(name, each)!);
    return merged;
  });
}

function curveOf(buckets: Bucket[], bucketSteps: number): SeriesCurve {
  const points = buckets.flatMap((bucket) => pointsOf(bucket).flat());
  return bucketSteps === 1 ? { points } : { points, means: buckets.map(meanOf) };
}
