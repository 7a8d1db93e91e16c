// Label bits for faces of which a description fixes only some: the others as they occur together in the data.

import { createRandom } from '../../experiment/random.ts';
import type { LabelRows } from '../data/label-rows.ts';
import { usualLabels } from '../data/statistics.ts';

/** Condition name -> bit. */
export type Bits = Readonly<Record<string, 0 | 1>>;

export interface OpenBits {
  /** Attribute -> bit of face `index`: the fixed ones as they are, with `open` the others. */
  bitsOf(index: number): Map<string, 0 | 1>;
  /** The pictures that have all fixed bits; null without rows. */
  matching: number | null;
}

interface Options {
  /** Attributes alone, all of them among the rows'. */
  fixed: Bits;
  seed: number;
  open: 'drawn' | 'usual' | 'zero';
  /** Of which face this one is the other end: it stays as near to that as the data allow. */
  near?: (index: number) => ReadonlyMap<string, 0 | 1>;
}

/**
 * `drawn`: a label row of the data that has all fixed bits, each as likely as it is frequent; where there is none, of the rows that have
 * the most of them. Face i draws from a stream of its own, so that it does not depend on how many are asked for. `usual`: what more than
 * half of those rows have. `zero`: no attribute that is not fixed.
 */
export function chooseOpenBits(rows: LabelRows | null, { fixed, seed, open, near }: Options): OpenBits {
  const given = new Map(Object.entries(fixed));
  if (rows === null) return { bitsOf: () => given, matching: null };
  const { rows: candidates, isExact } = findNearestRows(rows, given);
  const matching = isExact ? candidates.reduce((sum, row) => sum + rows.weights[row]!, 0) : 0;
  if (open === 'zero') return { bitsOf: () => given, matching };
  if (open === 'usual') {
    const usual = usualLabels(rows, rows.attributes, given);
    return { bitsOf: () => usual, matching };
  }
  return {
    bitsOf(index) {
      const among = near ? findNearestRows(rows, near(index), candidates).rows : candidates;
      const random = createRandom(seed, 'generated labels', index, ...(near ? ['to'] : []));
      const row = drawRow(rows.weights, among, random.uniform());
      return new Map(rows.attributes.map((name, i) => [name, given.get(name) ?? bitAt(rows, row, i)]));
    },
    matching,
  };
}

/** Of the rows (by default all), those that have the most of these bits; `isExact`: all of them. */
function findNearestRows(
  rows: LabelRows,
  bits: ReadonlyMap<string, 0 | 1>,
  among: Iterable<number> = Array(rows.count).keys(),
): { rows: number[]; isExact: boolean } {
  const wanted = [...bits].map(([name, bit]) => [rows.attributes.indexOf(name), bit] as const);
  let fewest = Number.POSITIVE_INFINITY;
  let nearest: number[] = [];
  for (const row of among) {
    let misses = 0;
    for (let i = 0; i < wanted.length && misses <= fewest; i++) if (bitAt(rows, row, wanted[i]![0]) !== wanted[i]![1]) misses++;
    if (misses > fewest) continue;
    if (misses < fewest) nearest = [];
    fewest = misses;
    nearest.push(row);
  }
  return { rows: nearest, isExact: fewest === 0 };
}

/** `at`: in [0, 1). */
function drawRow(weights: Uint32Array, among: readonly number[], at: number): number {
  let left = at * among.reduce((sum, row) => sum + weights[row]!, 0);
  for (const row of among) {
    left -= weights[row]!;
    if (left < 0) return row;
  }
  return among.at(-1)!;
}

const bitAt = ({ labels, attributes }: LabelRows, row: number, attribute: number): 0 | 1 =>
  labels[row * attributes.length + attribute] as 0 | 1;
