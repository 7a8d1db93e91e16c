// (pure) Where the values of a swept parameter stand along x: numbers to scale, by their differences or by their ratios, whichever spaces them
// more evenly; names evenly, in their order.

import { linearScale, logScale, type YScale } from '../curves/axis.ts';

export interface Places {
  /** By value, from 0 to 1. */
  of: ReadonlyMap<string, number>;
  ticks: { at: number; label: string }[];
  isLog: boolean;
  /** Room before the first and after the last value, in parts of the whole. */
  margin: number;
  /** The least distance of two neighbours. */
  gap: number;
}

interface NamedValue {
  /** As the points have it. */
  value: string;
  /** NaN: no number. */
  size: number;
  label: string;
}

/** `isOrdered`: whether differences mean something; those of seeds do not. */
export function placeValues(values: readonly NamedValue[], isOrdered: boolean): Places {
  const areNumbers = values.every(({ size }) => Number.isFinite(size));
  const sorted = areNumbers ? values.toSorted((a, b) => a.size - b.size) : values;
  const sizes = sorted.map(({ size }) => size);
  const margin = Math.max(0.5 / Math.max(1, values.length), LEAST_MARGIN);
  const areDistinct = new Set(sizes).size === sizes.length;
  const scale = areNumbers && areDistinct && isOrdered && values.length > 2 ? chooseScale(sizes) : null;
  const [first, last] = scale === null ? [] : [scale.place(sizes[0]!), scale.place(sizes.at(-1)!)];
  const along = (place: number): number => margin + (1 - 2 * margin) * ((place - first!) / (last! - first!));
  const ats = sorted.map(({ size }, i) => (scale === null ? (i + 0.5) / values.length : along(scale.place(size))));
  const ticks =
    scale === null || values.length <= MOST_NAMED
      ? sorted.map(({ label }, i) => ({ at: ats[i]!, label }))
      : scale.ticks.map(({ at, label }) => ({ at: along(at), label })).filter(({ at }) => at >= 0 && at <= 1);
  return {
    of: new Map(sorted.map(({ value }, i) => [value, ats[i]!])),
    ticks,
    isLog: scale?.isLog === true,
    margin: scale === null ? 0.5 / Math.max(1, values.length) : margin,
    gap: Math.min(1, ...ats.slice(1).map((at, i) => at - ats[i]!)),
  };
}

/** Of more values than these the axis has ticks of its own. */
const MOST_NAMED = 12;
const LEAST_MARGIN = 0.03;

function chooseScale(sizes: readonly number[]): YScale & { isLog: boolean } {
  const linear = linearScale({ min: sizes[0]!, max: sizes.at(-1)! });
  const log = sizes[0]! > 0 ? logScale(sizes, null) : null;
  const isLog = log !== null && unevenness(sizes.map(log.place)) < unevenness(sizes) * CLEARLY;
  return { ...(isLog ? log : linear), isLog };
}

/** Ratios have to be clearly the way in which the values were chosen. */
const CLEARLY = 0.8;

/** Of the distances of neighbours: their deviation in parts of their mean. */
function unevenness(places: readonly number[]): number {
  const gaps = places.slice(1).map((place, i) => place - places[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}
