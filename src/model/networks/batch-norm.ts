// Batch norm as a layer of a network: with the batch's own statistics while it learns, with running ones when it is sampled.

import type { Operations } from '../kernels/gradients.ts';
import type { Affine, Kernels, ParameterSpec, Statistics, Tensor } from '../kernels/kernels.ts';
import type { ReadonlyState, State, Weights } from './state.ts';

/** x [.., c] -> its norm, with the statistics of that name; scaled and shifted by the parameters of that name, or by `affine`. */
export type Norm = (name: string, x: Tensor, affine?: Affine) => Tensor;

/** The bias of the layer before, whose gradient is zero, and what scales and shifts the norm. */
export const normSpecs = (name: string, channels: number): ParameterSpec[] => [
  { name: `${name}.bias`, shape: [channels], inert: true },
  { name: `${name}.gamma`, shape: [channels], isFloat32: true },
  { name: `${name}.beta`, shape: [channels], isFloat32: true },
];

/**
 * A norm with the batch's own statistics. With `running`, it also computes the running statistics after this batch and puts them into
 * `after`.
 */
export function batchStatisticsNorm(k: Operations, weights: Weights, running?: { before: ReadonlyState; after: State }): Norm {
  return (name, x, affine = affineOf(weights, name)) => {
    const result = k.batchNorm(x, affine, running && runningStatistics(running.before, name));
    if (running && result.running) {
      running.after.set(`${name}.running_mean`, result.running.mean);
      running.after.set(`${name}.running_variance`, result.running.variance);
    }
    return result.y;
  };
}

/** A norm with running statistics, which it does not change. */
export function runningStatisticsNorm(k: Kernels, weights: Weights, state: ReadonlyState): Norm {
  return (name, x, affine = affineOf(weights, name)) => k.batchNormInference(x, affine, runningStatistics(state, name));
}

const affineOf = ({ get }: Weights, name: string): Affine => ({ gamma: get(`${name}.gamma`), beta: get(`${name}.beta`) });

function runningStatistics(state: ReadonlyState, name: string): Statistics {
  const [mean, variance] = [state.get(`${name}.running_mean`), state.get(`${name}.running_variance`)];
  if (!mean || !variance) throw new Error(`no running statistics for ${name}`);
  return { mean, variance };
}
