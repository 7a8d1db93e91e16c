// The Frechet distance between two sets of pictures, in the features of a network.

import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type Evaluator, withValue } from '../evaluator.ts';

export const frechetDistance: Evaluator<Gaussian | null> = {
  names: ['frechetDistance'],
  usesOracle: true,
  prepare: async ({ judged, count }) => fitReference(judged!.features, count),
  async measure({ judged, count }, reference) {
    const distance = measureFrechet(judged!.features, count, reference);
    return withValue('frechetDistance', distance);
  },
};

interface Moments {
  mean: Float64Array;
  /** Unbiased: divided by count - 1. */
  covariance: Matrix;
}

/** What is kept of real pictures: a normal distribution with their mean and covariance. */
export interface Gaussian extends Moments {
  /** The symmetric root of the covariance. */
  root: Matrix;
}

/** features [count, size]. Null for fewer than two pictures, or features that are no numbers. */
export function fitReference(features: Float32Array, count: number): Gaussian | null {
  const moments = takeMoments(features, count);
  return moments && { ...moments, root: takeRoot(moments.covariance) };
}

/**
 * Heusel et al. 2017, "GANs trained by a two time-scale update rule", section 2: normal distributions are fitted to the features of both
 * sets, and |m1 - m2|^2 + trace(S1 + S2 - 2 (S1 S2)^(1/2)) is the squared Frechet (Wasserstein-2) distance between them.
 *
 * S1 S2 has the eigenvalues of the symmetric S1^(1/2) S2 S1^(1/2), so the trace of its root is the sum of their roots. Those that rounding
 * made negative are zero. With no more pictures than features a covariance is singular: the distance exists, and is far too large. More
 * pictures make it smaller, of the same generator too: compare figures of equally many. NaN where either side has no moments.
 */
export function measureFrechet(features: Float32Array, count: number, reference: Gaussian | null): number {
  const moments = takeMoments(features, count);
  if (moments === null || reference === null) return Number.NaN;
  const { mean, covariance, root } = reference;
  const between = root.mmul(moments.covariance).mmul(root);
  const { realEigenvalues } = new EigenvalueDecomposition(symmetric(between), { assumeSymmetric: true });
  const traceOfRoot = realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const apart = mean.reduce((sum, value, i) => sum + (value - moments.mean[i]!) ** 2, 0);
  return Math.max(0, apart + covariance.trace() + moments.covariance.trace() - 2 * traceOfRoot);
}

function takeMoments(features: Float32Array, count: number): Moments | null {
  if (count < 2) return null;
  const size = features.length / count;
  const mean = new Float64Array(size);
  for (let i = 0; i < features.length; i++) mean[i % size]! += features[i]! / count;
  if (!mean.every(Number.isFinite)) return null;
  return { mean, covariance: takeCovariance(features, mean) };
}

function takeCovariance(features: Float32Array, mean: Float64Array): Matrix {
  const size = mean.length;
  const count = features.length / size;
  const sums = new Float64Array(size * size); // the lower half
  const centred = new Float64Array(size);
  for (let start = 0; start < features.length; start += size) {
    for (let i = 0; i < size; i++) centred[i] = features[start + i]! - mean[i]!;
    for (let i = 0; i < size; i++) {
      const value = centred[i]!;
      const row = i * size;
      for (let j = 0; j <= i; j++) sums[row + j]! += value * centred[j]!;
    }
  }
  const covariance = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = sums[i * size + j]! / (count - 1);
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  return covariance;
}

function takeRoot(covariance: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return eigenvectorMatrix.clone().mulRowVector(roots).mmul(eigenvectorMatrix.transpose());
}

/** Products of symmetric matrices are symmetric up to rounding. */
function symmetric(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}
