// (pure) The curves of a run as the server sent them, and as points to draw.

import type { RunSeriesData } from '../../data/api.ts';

export interface Point {
  x: number;
  /** Where it is drawn: NaN where the line has a gap. */
  y: number;
  step: number;
  /** What is drawn, in its own unit; `y` unless the axis is logarithmic. */
  value: number;
  /** As it was recorded, before smoothing. */
  raw: number;
  /** Of the group's members; null for a run. */
  spread: Spread | null;
}

export interface Spread {
  /** Members that have a value here. */
  count: number;
  deviation: number | null;
  min: number;
  max: number;
}

export interface DrawOptions {
  /** 0: every value as it is. Else an exponential mean with this time constant, over the buckets' means. */
  smoothingSteps: number;
  xOf: (step: number) => number;
}

export function drawCurve(run: RunSeriesData, metric: string, { smoothingSteps, xOf }: DrawOptions): Point[] {
  const { points, means } = run.curves[metric] ?? { points: [] };
  const values: Point[] = [];
  if (smoothingSteps === 0 || means === undefined) {
    for (let i = 0; i < points.length; i += 2) values.push(pointAt(points[i]!, points[i + 1] ?? Number.NaN, xOf));
  } else {
    for (const [bucket, mean] of means.entries()) {
      const step = Math.min(run.lastStep, run.firstStep - 0.5 + (bucket + 0.5) * run.bucketSteps);
      values.push({ ...pointAt(step, mean ?? Number.NaN, xOf), step: Math.round(step) });
    }
  }
  return smoothingSteps === 0 ? values : smooth(values, smoothingSteps);
}

export function pointAt(step: number, value: number, xOf: (step: number) => number): Point {
  return { x: xOf(step), y: value, step, value, raw: value, spread: null };
}

/** Seconds of training at a step, between the ends of its bucket and the one before. `series`: from its first step on. */
export function secondsAt({ seconds, bucketSteps, lastStep }: RunSeriesData, step: number): number {
  if (seconds.length === 0) return 0;
  const bucket = Math.min(seconds.length - 1, Math.floor((step - 1) / bucketSteps));
  const from = bucket === 0 ? 0 : seconds[bucket - 1]!;
  const start = bucket * bucketSteps;
  const end = Math.min(lastStep, start + bucketSteps);
  return from + ((seconds[bucket]! - from) * (step - start)) / Math.max(1, end - start);
}

/**
 * A range that leaves out the highest and the lowest percent of the finite values. It begins at 0 or above where all of them do. null for
 * fewer than 20.
 */
export function innerRange(values: readonly number[]): { min: number; max: number } | null {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length < 20) return null;
  const low = sorted[Math.floor(sorted.length * 0.01)]!;
  const high = sorted[Math.ceil(sorted.length * 0.99) - 1]!;
  return widen({ min: low, max: high });
}

/** Of all finite values, with a little room; null where there is none. */
export function fullRange(values: readonly number[]): { min: number; max: number } | null {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return min > max ? null : widen({ min, max });
}

function widen({ min, max }: { min: number; max: number }): { min: number; max: number } {
  const margin = (max - min || Math.abs(max) || 1) * 0.08;
  return { min: min >= 0 ? Math.max(0, min - margin) : min - margin, max: max + margin };
}

/** An exponential mean without the usual pull towards the first value; gaps stay gaps. `raw` stays as it was recorded. */
export function smooth(points: readonly Point[], timeConstantSteps: number): Point[] {
  let sum = 0;
  let weight = 0;
  let before = (points[0]?.step ?? 1) - 1;
  return points.map((point) => {
    const { y, step } = point;
    if (!Number.isFinite(y)) return { ...point, y: Number.NaN, value: Number.NaN };
    const keep = Math.exp(-(step - before) / timeConstantSteps);
    before = step;
    sum = sum * keep + y * (1 - keep);
    weight = weight * keep + (1 - keep);
    return { ...point, y: sum / weight, value: sum / weight };
  });
}
