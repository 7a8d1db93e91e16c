// How far each of some points is from its neighbours, and which points of another set lie nearer.

import type { Multiply } from './multiply.ts';

/** Points in a space of `size` dimensions. */
export interface Points {
  /** [count, size] */
  values: Float32Array;
  count: number;
  size: number;
}

/** Points at a time: with 4,000 others, 16 MB of products. */
const BLOCK = 1000;

/** Squared distance of each point to its k-th nearest other: [count]. Needs more than k points. */
export async function findRadii(points: Points, k: number, multiply: Multiply): Promise<Float64Array> {
  const radii = new Float64Array(points.count);
  const nearest = new Float64Array(k); // ascending
  await eachRow(points, points, multiply, (i, distances) => {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < distances.length; j++) if (distances[j]! < nearest[k - 1]! && j !== i) insert(nearest, distances[j]!);
    radii[i] = nearest[k - 1]!;
  });
  return radii;
}

/** Calls `visit` for each point of `a`, in order, with its squared distances to all of `b`. The array is used again. */
export async function eachRow(
  a: Points,
  b: Points,
  multiply: Multiply,
  visit: (row: number, distances: Float64Array) => void,
): Promise<void> {
  const { size } = a;
  const [lengthsA, lengthsB] = [squaredLengths(a), squaredLengths(b)];
  const distances = new Float64Array(b.count);
  for (let from = 0; from < a.count; from += BLOCK) {
    const to = Math.min(a.count, from + BLOCK);
    const products = await multiply(a.values.subarray(from * size, to * size), b.values, size);
    for (let i = from; i < to; i++) {
      const start = (i - from) * b.count;
      for (let j = 0; j < b.count; j++) distances[j] = Math.max(0, lengthsA[i]! + lengthsB[j]! - 2 * products[start + j]!);
      visit(i, distances);
    }
  }
}

/** Puts a value into its place among the smallest; the largest falls out. */
function insert(ascending: Float64Array, value: number): void {
  let at = ascending.length - 1;
  for (; at > 0 && ascending[at - 1]! > value; at--) ascending[at] = ascending[at - 1]!;
  ascending[at] = value;
}

function squaredLengths({ values, count, size }: Points): Float64Array {
  const lengths = new Float64Array(count);
  for (let i = 0; i < values.length; i++) lengths[Math.floor(i / size)]! += values[i]! ** 2;
  return lengths;
}
