// What labels change in features.

import { Matrix, solve } from 'ml-matrix';

/** Share of the pictures; keeps labels that depend on each other, or that all pictures have, from dividing by zero. */
const RIDGE = 1e-6;

interface Labelled {
  /** [count, size] */
  features: Float32Array;
  /** [count, bits], 0 or 1 */
  labels: Float32Array;
  count: number;
}

/**
 * Features from which what labels change is taken out, [count, size]: by a linear regression of features on labels, by least squares.
 * Between pictures of the same labels nothing changes.
 */
export function removeLabelEffect({ features, labels, count }: Labelled): Float64Array {
  const size = features.length / count;
  const bits = labels.length / count;
  const effect = fitLabelEffect({ features, labels, count });
  const rest = Float64Array.from(features);
  for (let row = 0; row < count; row++) {
    for (const bit of listOn(labels, row * bits, bits)) {
      for (let i = 0; i < size; i++) rest[row * size + i]! -= effect[bit * size + i]!;
    }
  }
  return rest;
}

/** How a label that is on moves each feature, [bits, size]. */
function fitLabelEffect({ features, labels, count }: Labelled): Float64Array {
  const [size, bits] = [features.length / count, labels.length / count];
  const mean = new Float64Array(size);
  for (let i = 0; i < features.length; i++) mean[i % size]! += features[i]! / count;
  const times = new Float64Array(bits); // that a label is on
  const together = new Float64Array(bits * bits);
  const sums = new Float64Array(bits * size); // of the features' deviations where a label is on
  for (let row = 0; row < count; row++) {
    const on = listOn(labels, row * bits, bits);
    for (const i of on) {
      times[i]!++;
      for (const j of on) together[i * bits + j]!++;
      for (let j = 0; j < size; j++) sums[i * size + j]! += features[row * size + j]! - mean[j]!;
    }
  }
  const covariance = together.map((sum, at) => sum - (times[Math.floor(at / bits)]! * times[at % bits]!) / count);
  const squares = Matrix.from1DArray(bits, bits, covariance).add(Matrix.eye(bits, bits, RIDGE * count));
  return Float64Array.from(solve(squares, Matrix.from1DArray(bits, size, sums)).to1DArray());
}

function listOn(labels: Float32Array, start: number, bits: number): number[] {
  const on: number[] = [];
  for (let bit = 0; bit < bits; bit++) if (labels[start + bit]! > 0.5) on.push(bit);
  return on;
}
