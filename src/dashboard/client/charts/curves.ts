// The curves of a run as the server sent them, and as points to draw.

import type { SeriesPatch } from '../../wire.ts';

export interface RunCurves {
  bucketSteps: number;
  lastStep: number;
  /** For each bucket: seconds of training at its end. */
  seconds: number[];
  /** By the metric's name. */
  curves: Record<string, Curve>;
}

interface Curve {
  /** step, value, step, value, … */
  points: (number | null)[];
  /** For each bucket; null while a bucket is one step, whose value `points` has. */
  means: (number | null)[] | null;
}

export interface Point {
  x: number;
  /** NaN where the line has a gap. */
  y: number;
  step: number;
}

/** The curves with the patch's part replaced. */
export function applyPatch(old: RunCurves | null, patch: SeriesPatch): RunCurves {
  const kept = old && patch.fromStep > 1 && old.bucketSteps === patch.bucketSteps ? old : null;
  const buckets = (patch.fromStep - 1) / patch.bucketSteps;
  const join = (metric: string): Curve => {
    const { points, means } = patch.curves[metric]!;
    const before = kept?.curves[metric];
    return {
      points: before ? [...pointsBefore(before.points, patch.fromStep), ...points] : points,
      means: means ? [...meansBefore(before, kept ? buckets : 0), ...means] : null,
    };
  };
  return {
    bucketSteps: patch.bucketSteps,
    lastStep: patch.lastStep,
    seconds: [...(kept?.seconds.slice(0, buckets) ?? []), ...patch.seconds],
    curves: Object.fromEntries(Object.keys(patch.curves).map((metric) => [metric, join(metric)])),
  };
}

const EMPTY: Curve = { points: [], means: null };

export interface DrawOptions {
  /** 0: every value as it is. Else an exponential mean with this time constant, over the buckets' means. */
  smoothingSteps: number;
  xOf: (step: number) => number;
}

export function drawCurve(run: RunCurves, metric: string, { smoothingSteps, xOf }: DrawOptions): Point[] {
  const { points, means } = run.curves[metric] ?? EMPTY;
  const values: Point[] = [];
  if (smoothingSteps === 0 || means === null) {
    for (let i = 0; i < points.length; i += 2) {
      const step = points[i]!;
      values.push({ x: xOf(step), y: points[i + 1] ?? Number.NaN, step });
    }
  } else {
    for (const [bucket, mean] of means.entries()) {
      const step = Math.min(run.lastStep, (bucket + 0.5) * run.bucketSteps + 0.5);
      values.push({ x: xOf(step), y: mean ?? Number.NaN, step: Math.round(step) });
    }
  }
  return smoothingSteps === 0 ? values : smooth(values, smoothingSteps);
}

/** Seconds of training at a step, between the ends of its bucket and the one before. */
export function secondsAt({ seconds, bucketSteps, lastStep }: RunCurves, step: number): number {
  if (seconds.length === 0) return 0;
  const bucket = Math.min(seconds.length - 1, Math.floor((step - 1) / bucketSteps));
  const from = bucket === 0 ? 0 : seconds[bucket - 1]!;
  const start = bucket * bucketSteps;
  const end = Math.min(lastStep, start + bucketSteps);
  return from + ((seconds[bucket]! - from) * (step - start)) / Math.max(1, end - start);
}

/**
 * A range that leaves out the highest and the lowest percent of the finite values. It begins at 0 or above where all of them do. No
 * range for fewer than 20.
 */
export function innerRange(values: number[]): { min: number | undefined; max: number | undefined } {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length < 20) return { min: undefined, max: undefined };
  const low = sorted[Math.floor(sorted.length * 0.01)]!;
  const high = sorted[Math.ceil(sorted.length * 0.99) - 1]!;
  const margin = (high - low || 1) * 0.08;
  return { min: low >= 0 ? Math.max(0, low - margin) : low - margin, max: high + margin };
}

/** An exponential mean without the usual pull towards the first value; gaps stay gaps. */
function smooth(points: Point[], timeConstantSteps: number): Point[] {
  let sum = 0;
  let weight = 0;
  let before = 0;
  return points.map(({ x, y, step }) => {
    if (!Number.isFinite(y)) return { x, y: Number.NaN, step };
    const keep = Math.exp(-(step - before) / timeConstantSteps);
    before = step;
    sum = sum * keep + y * (1 - keep);
    weight = weight * keep + (1 - keep);
    return { x, y: sum / weight, step };
  });
}

function pointsBefore(points: (number | null)[], step: number): (number | null)[] {
  let end = points.length;
  while (end > 0 && points[end - 2]! >= step) end -= 2;
  return points.slice(0, end);
}

/** null for each bucket before a metric's first record. */
function meansBefore(curve: Curve | undefined, buckets: number): (number | null)[] {
  return curve?.means?.slice(0, buckets) ?? new Array<null>(buckets).fill(null);
}
