// A run's metrics of steps in a range, in at most so many buckets: from the curves that are kept, or, where those are too coarse,
// from the part of its file.

import type { Bucket } from '../curves/bucket.ts';
import { emptyBucket, meanOf, pointsOf } from '../curves/bucket.ts';
import { locateSteps, readDetail } from '../curves/detail.ts';
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

/** `mostBytes`: how much of the run's file may be read for it. */
export function readSeries(live: LiveRun, range: SeriesRange, mostBytes: number): RunSeriesData {
  const { run, series } = live;
  const names = range.metrics.filter((name) => series.bucketOf(name, 0) !== null);
  const kept = layOut(series, range);
  const fine = layOut(series, range, finestSteps(series, range));
  const { start, end } = locateSteps(live.metrics, range.from, Math.min(range.to, series.lastHead?.step ?? 0));
  const isWorthIt = fine.bucketSteps < kept.bucketSteps && end - start <= mostBytes && live.isRead;
  const detail = isWorthIt ? readDetail(live.metrics, { ...fine, metrics: names }) : null;
  const { bucketSteps, first, buckets } = detail ? fine : kept;
  const curves = names.map((name): [string, SeriesCurve] => {
    const found = detail?.curves.get(name) ?? mergeBuckets(series, { name, first, buckets, bucketSteps }) ?? [];
    return [name, curveOf(found, bucketSteps)];
  });
  return {
    id: run.id,
    lastStep: series.lastHead?.step ?? 0,
    bucketSteps,
    firstStep: first * bucketSteps + 1,
    seconds: detail?.seconds ?? keptSeconds(series, { first, buckets, bucketSteps }),
    curves: Object.fromEntries(curves),
  };
}

/** The least steps in a bucket, a power of two, with which a range has no more buckets than are wanted. */
function finestSteps(series: RunSeries, { from, to, points }: SeriesRange): number {
  const steps = Math.min(to, series.lastHead?.step ?? 0) - from + 1;
  let bucketSteps = 1;
  while (steps / bucketSteps > points) bucketSteps *= 2;
  return bucketSteps;
}

/** The buckets of a range: as fine as `least`, or so coarse that there are no more than `points`. */
export function layOut(series: RunSeries, { from, to, points }: Omit<SeriesRange, 'metrics'>, least = series.shape.bucketSteps) {
  const lastStep = Math.min(to, series.lastHead?.step ?? 0);
  let bucketSteps = least;
  const count = (): number => (lastStep < from ? 0 : Math.floor((lastStep - 1) / bucketSteps) - Math.floor((from - 1) / bucketSteps) + 1);
  while (count() > points) bucketSteps *= 2;
  return { bucketSteps, first: Math.floor((from - 1) / bucketSteps), buckets: count() };
}

interface Layout {
  first: number;
  buckets: number;
  bucketSteps: number;
}

/** Buckets of `bucketSteps` steps, a multiple of the run's own; null for a metric that was never recorded. */
function mergeBuckets(series: RunSeries, { name, first, buckets, bucketSteps }: Layout & { name: string }): Bucket[] | null {
  if (series.shape.used === 0 || series.bucketOf(name, 0) === null) return null;
  return Array.from({ length: buckets }, (_, i) => {
    const merged = emptyBucket();
    mergeBucket(series, merged, { name, bucket: first + i, bucketSteps });
    return merged;
  });
}

/** Writes one bucket of `bucketSteps` steps over what `into` was. False for a metric that was never recorded. */
export function mergeBucket(
  series: RunSeries,
  into: Bucket,
  { name, bucket, bucketSteps }: { name: string; bucket: number; bucketSteps: number },
): boolean {
  const factor = bucketSteps / series.shape.bucketSteps;
  return series.mergeInto(into, name, { from: bucket * factor, to: (bucket + 1) * factor });
}

function keptSeconds(series: RunSeries, { first, buckets, bucketSteps }: Layout): number[] {
  const { used, bucketSteps: own } = series.shape;
  return Array.from({ length: buckets }, (_, i) => {
    const last = Math.min(used, ((first + i + 1) * bucketSteps) / own) - 1;
    return Math.round(series.secondsOf(last) * 10) / 10;
  });
}

function curveOf(buckets: Bucket[], bucketSteps: number): SeriesCurve {
  const points = buckets.flatMap((bucket) => pointsOf(bucket).flat());
  return bucketSteps === 1 ? { points } : { points, means: buckets.map(meanOf) };
}
