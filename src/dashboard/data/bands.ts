// Groups of runs that share the value of a field: mean, deviation and range over all members of each.

import { meanOf, round } from '../curves/bucket.ts';
import { shortAxis } from '../labels.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import type { Band, GroupBands } from './api.ts';
import { parameterOf } from './parameters.ts';
import { layOut, mergeBuckets, type SeriesRange } from './series.ts';

/** The number of attributes: no field, and what colours runs at first. */
export const BY_COUNT = 'count';

/** In the order of their values; runs whose value is not known come last. */
export function groupBands(live: LiveExperiment, by: readonly string[], range: SeriesRange): GroupBands[] {
  const groups = new Map<string, LiveRun[]>();
  for (const run of live.runs.values()) {
    if (!run.run.current) continue;
    const value = by.map((field) => fieldValue(run, field)).join(SEPARATOR);
    groups.set(value, [...(groups.get(value) ?? []), run]);
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

interface Member {
  mean: number | null;
  min: number;
  max: number;
}

function bandOfSteps(members: readonly LiveRun[], name: string, range: SeriesRange): Band {
  const bucketSteps = Math.max(1, ...members.map(({ series }) => layOut(series, range).bucketSteps));
  const lastStep = Math.min(range.to, Math.max(0, ...members.map(({ series }) => series.lastHead?.step ?? 0)));
  const first = Math.floor((range.from - 1) / bucketSteps);
  const buckets = lastStep < range.from ? 0 : Math.floor((lastStep - 1) / bucketSteps) - first + 1;
  const merged = members.flatMap(({ series }) => mergeBuckets(series, { name, first, buckets, bucketSteps }) ?? []);
  const steps = Array.from({ length: buckets }, (_, i) => Math.min(lastStep, (first + i + 1) * bucketSteps));
  return summarise(
    steps,
    steps.map((_, i) => {
      const there: Member[] = [];
      for (let at = i; at < merged.length; at += buckets) {
        const { count, min, max } = merged[at]!;
        if (count > 0) there.push({ mean: meanOf(merged[at]!), min, max });
      }
      return there;
    }),
  );
}

function bandOfEvaluations(members: readonly LiveRun[], name: string, { from, to }: SeriesRange): Band {
  const at = new Map<number, Member[]>();
  for (const { evaluations } of members) {
    for (const { step, values } of evaluations) {
      const value = values[name];
      if (value === undefined || !Number.isFinite(value) || step < from || step > to) continue;
      at.set(step, [...(at.get(step) ?? []), { mean: value, min: value, max: value }]);
    }
  }
  const steps = [...at.keys()].sort((a, b) => a - b);
  return summarise(
    steps,
    steps.map((step) => at.get(step)!),
  );
}

function summarise(steps: number[], members: Member[][]): Band {
  const band: Band = { steps, count: [], mean: [], deviation: [], min: [], max: [] };
  for (const there of members) {
    const means = there.flatMap(({ mean }) => (mean === null ? [] : [mean]));
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    const squares = means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    band.count.push(means.length);
    band.mean.push(means.length === 0 ? null : round(mean));
    band.deviation.push(means.length < 2 ? null : round(Math.sqrt(squares / (means.length - 1))));
    band.min.push(there.length === 0 ? null : round(there.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY)));
    band.max.push(there.length === 0 ? null : round(there.reduce((most, { max }) => Math.max(most, max), Number.NEGATIVE_INFINITY)));
  }
  return band;
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
