// (pure) The axes of parallel coordinates: where a run's value lies on each, from 0 at the foot to 1 at the top.

import { formatNumber } from '../../../experiment/units.ts';
import type { RunData, Scalar } from '../../data/api.ts';
import { type Field, metricFields, parameterFields, type RunFacts } from './fields.ts';
import { toNumber } from './filter.ts';

export interface ParallelAxis {
  field: Field;
  /** How a condition names the field. */
  key: string;
  /** From 0 to 1; null where the run has no value. */
  positionOf: (run: RunData) => number | null;
  /** Of a number axis: the value at a position, as text for a condition. Of another: null. */
  valueAt: ((position: number) => string) | null;
  /** Of a number axis: where a value lies, at most 0 to 1. */
  placeOf: (value: number) => number;
  /** Of an axis of words: those between two positions. */
  wordsBetween: (low: number, high: number) => string[];
  ticks: { position: number; text: string }[];
}

/** Axes of all that is not the same for every run: parameters, then the metrics that tables show and that judge, or else all metrics. */
export function parallelAxes(facts: RunFacts): ParallelAxis[] {
  const metrics = facts.metrics.filter(({ audience, better }) => audience === 'tables' && better !== null);
  const differing = (list: Field[]): Field[] => list.filter((field) => new Set(valuesOf(facts, field)).size > 1);
  const judged = differing(metricFields({ metrics }));
  const fields = [...differing(parameterFields(facts)), ...(judged.length > 0 ? judged : differing(metricFields(facts)))];
  const labels = fields.map(({ label }) => label);
  const keyOf = ({ name, label }: Field): string =>
    labels.indexOf(label) === labels.lastIndexOf(label) ? label.replaceAll(' ', '') : name;
  return fields.map((field) => {
    const values = valuesOf(facts, field);
    const isNumeric = values.every((value) => toNumber(value) !== null);
    return isNumeric ? numberAxis(field, keyOf(field), values) : wordAxis(field, keyOf(field), values);
  });
}

function valuesOf({ runs }: RunFacts, { read }: Field): Scalar[] {
  return runs.map(read).filter((value) => value !== null && value !== '');
}

/** Equal ratios are equal distances where the values are positive, span more than a factor of 50, and do not count something up. */
function numberAxis(field: Field, key: string, values: readonly Scalar[]): ParallelAxis {
  const numbers = values.map((value) => toNumber(value)!);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const few = [...new Set(numbers)].sort((a, b) => a - b);
  const areCounts = few.every(Number.isInteger) && few.length > MOST_COUNTS;
  const isLog = low > 0 && high / low > 50 && !areCounts;
  const [scale, back] = isLog ? [Math.log, Math.exp] : [(x: number) => x, (x: number) => x];
  const [from, to] = [scale(low), scale(high)];
  const position = (number: number): number => (scale(number) - from) / (to - from);
  const valueAt = (at: number): number => back(from + at * (to - from));
  const shown =
    few.length <= MOST_TICKS
      ? few
      : [low, valueAt(0.25), valueAt(0.5), valueAt(0.75), high].map((number) => (areCounts ? Math.round(number) : number));
  return {
    field,
    key,
    positionOf: (run) => {
      const number = toNumber(field.read(run));
      return number === null ? null : position(number);
    },
    valueAt: (at) => String(Number(valueAt(at).toPrecision(4))),
    placeOf: (value) => (isLog && value <= 0 ? 0 : Math.max(0, Math.min(1, position(value)))),
    wordsBetween: () => [],
    ticks: keepApart(
      shown.map((number) => ({ position: position(number), text: tickText(number, few.length <= MOST_TICKS || areCounts) })),
    ),
  };
}

const MOST_TICKS = 8;
const MOST_COUNTS = 16;
/** Least distance of two that can both be read. */
const LEAST_GAP = 0.055;

/** The first and the last, and of the others those that have room. */
function keepApart(ticks: ParallelAxis['ticks']): ParallelAxis['ticks'] {
  const last = ticks.at(-1)!;
  let at = Number.NEGATIVE_INFINITY;
  const kept = ticks.slice(0, -1).filter(({ position }) => {
    const hasRoom = position - at >= LEAST_GAP && last.position - position >= LEAST_GAP;
    if (hasRoom) at = position;
    return hasRoom;
  });
  return [...kept, last];
}

function tickText(number: number, isExact: boolean): string {
  return isExact && String(number).length <= 7 ? String(number) : formatNumber(number);
}

function wordAxis(field: Field, key: string, values: readonly Scalar[]): ParallelAxis {
  const words = [...new Set(values.map(String))];
  const position = (word: string): number => words.indexOf(word) / (words.length - 1);
  return {
    field,
    key,
    positionOf: (run) => {
      const value = field.read(run);
      return value === null || value === '' ? null : position(String(value));
    },
    valueAt: null,
    placeOf: () => 0,
    wordsBetween: (low, high) => words.filter((word) => position(word) >= low - 1e-9 && position(word) <= high + 1e-9),
    ticks: words.length > 2 * MOST_TICKS ? [] : words.map((word) => ({ position: position(word), text: word })),
  };
}
