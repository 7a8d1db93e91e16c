// (pure) The axes of parallel coordinates: where a run's value lies on each, from 0 at the foot to 1 at the top.

import { formatNumber } from '../../../experiment/units.ts';
import type { RunData, Scalar } from '../../data/api.ts';
import { type Field, metricFields, parameterFields, type RunFacts } from './fields.ts';
import { parseRange, toNumber } from './filter.ts';

export interface ParallelAxis {
  field: Field;
  /** How a condition names the field. */
  key: string;
  /** From 0 to 1; null where the run has no value. */
  positionOf: (run: RunData) => number | null;
  /** What lies between two positions, as a condition of the filter has it; null where nothing does. */
  conditionBetween: (low: number, high: number) => string | null;
  /** The positions that such a condition means; null where it is none of this axis. */
  placeOf: (condition: string) => [low: number, high: number] | null;
  /** The value at a position, for a person. */
  textAt: (position: number) => string;
  /** Where the keyboard stops, upwards: at each value where there are few. */
  stops: number[];
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
    conditionBetween: (from, to) => `${roundOutward(valueAt(from), -1)}..${roundOutward(valueAt(to), 1)}`,
    placeOf(condition) {
      const range = parseRange(condition) ?? rangeOf(condition);
      return range && (range.map((end) => (isLog && end <= 0 ? 0 : Math.max(0, Math.min(1, position(end))))) as [number, number]);
    },
    textAt: (at) => tickText(Number(valueAt(at).toPrecision(6)), few.length <= MOST_COUNTS),
    stops: few.length <= MOST_COUNTS ? few.map(position) : Array.from({ length: PARTS + 1 }, (_, i) => i / PARTS),
    ticks: keepApart(nameTicks(shown, few.length <= MOST_TICKS || areCounts).map((text, i) => ({ position: position(shown[i]!), text }))),
  };
}

const MOST_TICKS = 8;
const MOST_COUNTS = 16;
/** In so many steps the keyboard goes along an axis of many values. */
const PARTS = 20;

/** To four digits, so that the range holds what it was drawn around. */
function roundOutward(value: number, direction: 1 | -1): number {
  const near = Number(value.toPrecision(4));
  const isThere = direction * (near - value) >= -1e-9 * Math.abs(value);
  const digit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 3);
  return isThere ? near : Number((near + direction * digit).toPrecision(4));
}

/** The least and the greatest of numbers between commas. */
function rangeOf(condition: string): [number, number] | null {
  const numbers = condition.split(',').map(toNumber);
  return numbers.every((number) => number !== null) ? [Math.min(...numbers), Math.max(...numbers)] : null;
}

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

/** With as many digits as tell them apart. */
function nameTicks(numbers: readonly number[], isExact: boolean): string[] {
  const ways = [
    (number: number) => tickText(number, isExact),
    ...[3, 4, 5, 6].map((digits) => (number: number) => formatDigits(number, digits)),
  ];
  const names = ways.map((way) => numbers.map(way));
  return names.find((texts) => new Set(texts).size === texts.length) ?? names[0]!;
}

const formatDigits = (number: number, digits: number): string => String(Number(number.toPrecision(digits)));

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
    conditionBetween(from, to) {
      const list = words.filter((word) => position(word) >= from - 1e-9 && position(word) <= to + 1e-9).join(',');
      if (list === '') return null;
      return /[\s"]/.test(list) ? `"${list.replaceAll('"', '')}"` : list;
    },
    placeOf(condition) {
      const chosen = condition.split(',').map((word) => words.indexOf(word));
      const ends = [Math.min(...chosen), Math.max(...chosen)].map((place) => place / (words.length - 1));
      return chosen.includes(-1) ? null : (ends as [number, number]);
    },
    textAt: (at) => words[Math.round(at * (words.length - 1))]!,
    stops: words.map(position),
    ticks: words.length > 2 * MOST_TICKS ? [] : words.map((word) => ({ position: position(word), text: word })),
  };
}
