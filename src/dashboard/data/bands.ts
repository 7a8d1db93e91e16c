// Groups of runs that share the value of a field: mean, deviation and range over all members of each.

import type { EvaluationRecord } from '../../results/records.ts';
import { emptyBucket, round } from '../curves/bucket.ts';
import { shortAxis } from '../labels.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import type { Band, GroupBands } from './api.ts';
import { parameterOf } from './parameters.ts';
import { layOut, mergeBucket, type SeriesRange } from './series.ts';

/** The number of attributes: no field, and what colours runs at first. */
export const BY_COUNT = 'count';

/** In the order of their values; runs whose value is not known come last. */
export function groupBands(live: LiveExperiment, by: readonly string[], range: SeriesRange): GroupBands[] {
  const groups = new Map<string, LiveRun[]>();
  for (const run of live.runs.values()) {
    if (!run.run.current) continue;
    const value = by.map((field) => fieldValue(run, field)).join(SEPARATOR);
    const known = groups.get(value);
    if (known) known.push(run);
    else groups.set(value, [run]);
  }
  return sortValues([...groups.keys()]).map((value) => {
    const members = groups.get(value)!;
    const bands = range.metrics.map((metric): [string, Band] => [metric, bandOf(members, { ...range, metrics: [metric] })]);
    return { value, label: labelOf(by, value), runs: members.map(({ run }) => run.id), bands: Object.fromEntries(bands) };
  });
}

function fieldValue(run: LiveRun, field: string): string {
  return field === BY_COUNT ? String(run.attributes?.length ?? '') : parameterOf(run.run, field);
}

function bandOf(members: readonly LiveRun[], range: SeriesRange): Band {
  const metric = range.metrics[0]!;
  const isEvaluated = members.some(({ evaluatedNames }) => evaluatedNames.includes(metric));
  return isEvaluated ? bandOfEvaluations(members, metric, range) : bandOfSteps(members, metric, range);
}

function bandOfSteps(members: readonly LiveRun[], name: string, range: SeriesRange): Band {
  const bucketSteps = Math.max(1, ...members.map(({ series }) => layOut(series, range).bucketSteps));
  const lastStep = Math.min(range.to, Math.max(0, ...members.map(({ series }) => series.lastHead?.step ?? 0)));
  const first = Math.floor((range.from - 1) / bucketSteps);
  const buckets = lastStep < range.from ? 0 : Math.floor((lastStep - 1) / bucketSteps) - first + 1;
  const sums = new BandSums(buckets);
  const merged = emptyBucket();
  for (const { series } of members) {
    for (let i = 0; i < buckets; i++) {
      if (!mergeBucket(series, merged, { name, bucket: first + i, bucketSteps }) || merged.count === 0) continue;
      sums.add(i, merged.gapStep > 0 ? null : merged.sum / merged.count, merged);
    }
  }
  return sums.asBand(Array.from({ length: buckets }, (_, i) => Math.min(lastStep, (first + i + 1) * bucketSteps)));
}

function bandOfEvaluations(members: readonly LiveRun[], name: string, { from, to }: SeriesRange): Band {
  const isIn = ({ step, values }: EvaluationRecord): boolean =>
    values[name] !== undefined && Number.isFinite(values[name]) && step >= from && step <= to;
  const steps = [...new Set(members.flatMap(({ evaluations }) => evaluations.filter(isIn).map(({ step }) => step)))].sort((a, b) => a - b);
  const placeOf = new Map(steps.map((step, i) => [step, i]));
  const sums = new BandSums(steps.length);
  for (const { evaluations } of members) {
    for (const record of evaluations) {
      if (!isIn(record)) continue;
      const value = record.values[name]!;
      sums.add(placeOf.get(record.step)!, value, { min: value, max: value });
    }
  }
  return sums.asBand(steps);
}

/** Sums over the members, in each bucket or at each step: no list of their values is kept. Deviation after Welford (1962). */
class BandSums {
  readonly #count: Float64Array;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;

  constructor(length: number) {
    [this.#count, this.#mean, this.#squares] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
    this.#min = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
  }

  /** `mean`: null for a member with a value that is not finite there. */
  add(at: number, mean: number | null, { min, max }: { min: number; max: number }): void {
    if (min < this.#min[at]!) this.#min[at] = min;
    if (max > this.#max[at]!) this.#max[at] = max;
    if (mean === null) return;
    const count = ++this.#count[at]!;
    const before = mean - this.#mean[at]!;
    this.#mean[at]! += before / count;
    this.#squares[at]! += before * (mean - this.#mean[at]!);
  }

  asBand(steps: number[]): Band {
    const columns = (valueAt: (i: number) => number | null): (number | null)[] => steps.map((_, i) => valueAt(i));
    const orNull = (value: number): number | null => (Number.isFinite(value) ? round(value) : null);
    return {
      steps,
      count: [...this.#count],
      mean: columns((i) => (this.#count[i] === 0 ? null : round(this.#mean[i]!))),
      deviation: columns((i) => (this.#count[i]! < 2 ? null : round(Math.sqrt(this.#squares[i]! / (this.#count[i]! - 1))))),
      min: columns((i) => orNull(this.#min[i]!)),
      max: columns((i) => orNull(this.#max[i]!)),
    };
  }
}

/** Numbers by size, else in the order of their first sight; '' at the end. */
function sortValues(values: string[]): string[] {
  const known = values.filter((value) => value !== '');
  if (known.every((value) => Number.isFinite(Number(value)))) known.sort((a, b) => Number(a) - Number(b));
  return values.includes('') ? [...known, ''] : known;
}

function labelOf(by: readonly string[], value: string): string {
  const [field] = by;
  if (field === undefined) return 'all runs';
  if (value === '') return 'not set up yet';
  if (by.length > 1) return value;
  if (field === BY_COUNT) return value === '1' ? '1 attribute' : `${value} attributes`;
  return field === 'attributes' ? value : `${shortAxis(field)} ${value}`;
}

const SEPARATOR = ' · ';
