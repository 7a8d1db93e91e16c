// A network's state on the device: all of it that a run continues from.

import type { Kernels, Parameters, Statistics } from '../kernels/kernels.ts';

/** Running mean and variance of every batch norm, by its name. */
export type RunningStatistics = Map<string, Statistics>;

export interface Network {
  /** What a checkpoint calls it: `generator`, `discriminator`. */
  readonly name: string;
  readonly parameters: Parameters;
  /** Replaced after each training pass of a network that is sampled later; of others they stay as they were. */
  statistics: RunningStatistics;
}

/** Mean 0 and variance 1, [channels] for every norm, until they are replaced. */
export function initialStatistics(k: Kernels, norms: readonly string[], { specs }: Parameters): RunningStatistics {
  const channels = new Map(specs.map(({ name, shape }) => [name, shape[0]!]));
  return new Map(
    norms.map((name) => {
      const size = channels.get(`${name}.gamma`)!;
      const mean = k.keep(k.tensorFloat32(new Float32Array(size), [size]));
      const variance = k.keep(k.tensorFloat32(new Float32Array(size).fill(1), [size]));
      return [name, { mean, variance }];
    }),
  );
}

/** Frees those of before and keeps the others. */
export function replaceStatistics(k: Kernels, network: Network, after: RunningStatistics): void {
  for (const { mean, variance } of network.statistics.values()) k.free(mean, variance);
  for (const { mean, variance } of after.values()) {
    k.keep(mean);
    k.keep(variance);
  }
  network.statistics = after;
}
