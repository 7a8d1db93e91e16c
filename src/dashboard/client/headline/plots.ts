// (pure) The headline as plots: for each metric that judges, the mean of each point of the sweep along one parameter, with error bars over
// its runs.

import type { Metric } from '../../../experiment/metrics.ts';
import { decimalsFor, formatSpread } from '../../../results/compare/format-spread.ts';
import type { ComparisonReply, PointData } from '../../data/api.ts';
import { nameValue, shortAxis } from '../../labels.ts';
import { linearScale, type YScale } from '../curves/axis.ts';
import { fullRange } from '../curves/curves.ts';
import { placeValues } from './place-values.ts';

export type End = 'last' | 'best';

export interface Headline {
  xTitle: string;
  /** Names along x, from 0 to 1. */
  ticks: { at: number; label: string }[];
  /** Room before the first and after the last value, and the least distance of two, in parts of the whole. */
  margin: number;
  gap: number;
  /** Whether neighbours along x have anything to do with each other: seeds have not. */
  isConnected: boolean;
  plots: Plot[];
}

export interface Plot {
  metric: Metric;
  y: YScale;
  lines: PlotLine[];
  /** What real pictures have; null where that is not known, or far away. */
  real: number | null;
}

interface PlotLine {
  /** The values of everything but x; '' where there is nothing else. */
  label: string;
  /** The same without the names of parameters, where there is little room. */
  short: string;
  points: PlotPoint[];
}

export interface PlotPoint {
  /** Place of the point in the reply. */
  index: number;
  at: number;
  mean: number;
  /** null for one run. */
  deviation: number | null;
  /** Of its single runs. */
  values: number[];
  isBest: boolean;
  /** `0.931 ± 0.010`. */
  text: string;
  /** As a sentence says it. */
  words: string;
}

/** `all`: also the metrics that tables leave out. */
export function layOutHeadline(reply: ComparisonReply, { end, all }: { end: End; all: boolean }): Headline {
  const { of: places, ticks, isLog, margin, gap } = placeValues(nameValues(reply), reply.x !== SEED);
  const metrics = chooseMetrics(reply, all);
  return {
    xTitle: `${reply.x === ATTRIBUTES ? 'attributes' : shortAxis(reply.x)}${isLog ? ' (log scale)' : ''}`,
    ticks,
    margin,
    gap,
    isConnected: reply.x !== SEED,
    plots: metrics.map((metric) => layOutPlot(metric, { reply, end, places })),
  };
}

const ATTRIBUTES = 'attributes';
const SEED = 'training.seed';

/** The metrics that tell better from worse; where there is none, those that tables show. */
export function chooseMetrics({ metrics, points }: ComparisonReply, all: boolean): Metric[] {
  const measured = metrics.filter(({ name }) => points.some(({ last }) => last[name] !== undefined));
  const judging = measured.filter(({ better }) => better !== null);
  if (judging.length === 0) return measured.filter(({ audience }) => audience === 'tables').slice(0, FEW);
  const main = judging.filter(({ audience }) => audience === 'tables');
  return all || main.length === 0 ? judging : main.slice(0, FEW);
}

const FEW = 4;

/** The values of x in the order of the points; of attributes how many there are, where that tells them apart. */
function nameValues({ x, points }: ComparisonReply): { value: string; size: number; label: string }[] {
  const seen = new Map<string, PointData>();
  for (const point of points) if (!seen.has(point.values[x] ?? '')) seen.set(point.values[x] ?? '', point);
  const numberOf = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));
  const sizeOf = (value: string): number => (x === ATTRIBUTES ? (seen.get(value)!.attributes ?? Number.NaN) : numberOf(value));
  const values = [...seen.keys()];
  const sizes = values.map(sizeOf);
  return values.map((value, i) => {
    const size = sizes[i]!;
    const isAlone = sizes.filter((each) => each === size).length === 1;
    const label = x !== ATTRIBUTES || !Number.isFinite(size) ? value : isAlone ? String(size) : `${value} (${size})`;
    return { value, size, label };
  });
}

function layOutPlot(
  metric: Metric,
  { reply, end, places }: { reply: ComparisonReply; end: End; places: ReadonlyMap<string, number> },
): Plot {
  const { points, x, fields } = reply;
  const { name, range } = metric;
  const others = fields.filter((field) => field !== x);
  const decimals = decimalsFor(points.map((point) => point[end][name]?.mean ?? 0));
  const lines = new Map<string, PlotLine>();
  for (const [index, point] of points.entries()) {
    const spread = point[end][name];
    if (spread === undefined) continue;
    const label = others.map((field) => nameOf(field, point.values[field] ?? '')).join(' · ');
    const short = others.map((field) => point.values[field] ?? '').join(' · ');
    const line = lines.get(label) ?? { label, short, points: [] };
    lines.set(label, line);
    const text = formatSpread(spread, { decimals, runs: point.runs.length });
    line.points.push({
      index,
      at: places.get(point.values[x] ?? '')!,
      mean: spread.mean,
      deviation: spread.deviation,
      values: point.runs.flatMap((run) => run[end][name] ?? []).filter(Number.isFinite),
      isBest: point.isBest[end].includes(name),
      text,
      words: `${namePoint(reply, point)}: ${metric.label} ${text}, ${point.runs.length === 1 ? '1 run' : `${point.runs.length} runs`}`,
    });
  }
  const drawn = [...lines.values()];
  for (const line of drawn) line.points.sort((a, b) => a.at - b.at);
  const extent = drawn.flatMap((line) =>
    line.points.flatMap(({ mean, deviation, values }) => [mean - (deviation ?? 0), mean + (deviation ?? 0), ...values]),
  );
  const real = reply.real[name] ?? null;
  const own = fullRange(extent) ?? { min: 0, max: 1 };
  const room = own.max - own.min;
  const isNear = real !== null && real >= own.min - room * NEAR && real <= own.max + room * NEAR;
  const { min, max } = (isNear ? fullRange([...extent, real]) : null) ?? own;
  const bounds = range === null ? { min, max } : { min: Math.max(range[0], min), max: Math.min(range[1], max) };
  return { metric, y: linearScale(bounds), lines: drawn, real: isNear ? real : null };
}

/** What real pictures have is drawn where it takes no more than this share of the plot. */
const NEAR = 0.5;

function nameOf(field: string, value: string): string {
  return field === ATTRIBUTES ? value : nameValue(field, value);
}

/** All that tells a point from the others. */
export function namePoint({ fields }: ComparisonReply, { values, attributes }: PointData): string {
  const parts = fields.map((field) => {
    const value = values[field] ?? '';
    if (field !== ATTRIBUTES || attributes === null) return nameOf(field, value);
    return `${attributes} ${attributes === 1 ? 'attribute' : 'attributes'}`;
  });
  return parts.join(' · ');
}
