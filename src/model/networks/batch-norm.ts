// Batch norm as a layer of a network: with the batch's own statistics while it learns, with running ones when it is sampled.

import type { Operations } from '../kernels/gradients.ts';
import type { Kernels, ParameterSpec, Parameters, Statistics, Tensor } from '../kernels/kernels.ts';
import type { RunningStatistics } from './network.ts';

/** Parameters as a forward pass reads them. */
export type Weights = Pick<Parameters, 'get'>;

/** x [.., c] -> its norm, with the parameters and statistics of that name. */
export type Norm = (name: string, x: Tensor) => Tensor;

/** The bias of the layer before, whose gradient is zero, and what scales and shifts the norm. */
export const normSpecs = (name: string, channels: number): ParameterSpec[] => [
  { name: `${name}.bias`, shape: [channels], inert: true },
  { name: `${name}.gamma`, shape: [channels], isFloat32: true },
  { name: `${name}.beta`, shape: [channels], isFloat32: true },
];

/**
 * With the batch's own statistics. Where `running` are given, `onRunning` gets those after this batch; without, none are kept.
 */
export function batchStatisticsNorm(
  k: Operations,
  weights: Weights,
  running?: { before: RunningStatistics; onRunning: (name: string, after: Statistics) => void },
): Norm {
  return (name, x) => {
    const before = running && find(running.before, name);
    const { y, running: after } = k.batchNorm(x, affine(weights, name), before);
    if (after) running?.onRunning(name, after);
    return y;
  };
}

/** With running statistics, which it leaves alone. */
export function runningStatisticsNorm(k: Kernels, weights: Weights, running: RunningStatistics): Norm {
  return (name, x) => k.batchNormInference(x, affine(weights, name), find(running, name));
}

const affine = ({ get }: Weights, name: string) => ({ gamma: get(`${name}.gamma`), beta: get(`${name}.beta`) });

function find(statistics: RunningStatistics, name: string): Statistics {
  const found = statistics.get(name);
  if (!found) throw new Error(`no running statistics for ${name}`);
  return found;
}
