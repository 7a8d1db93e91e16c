// A network's state on the device: all of it that a run continues from.

import { createRandom, type Random } from '../../experiment/random.ts';
import type { Kernels, ParameterSpec, Parameters, Statistics } from '../kernels/kernels.ts';

/** Running mean and variance of every batch norm, by its name. */
export type RunningStatistics = Map<string, Statistics>;

export interface Network {
  /** What a checkpoint calls it: `generator`, `discriminator`. */
  readonly name: string;
  readonly parameters: Parameters;
  /** Replaced after each training pass of a network that is sampled later; of others they stay as they were. */
  statistics: RunningStatistics;
}

interface Plan {
  name: string;
  specs: readonly ParameterSpec[];
  /** Names of its batch norms. */
  norms: readonly string[];
  seed: number;
}

/** A network before its first step: from the seed alone, the same on every backend. */
export function createNetwork(k: Kernels, { name, specs, norms, seed }: Plan): Network {
  const initial = new Map(specs.map((spec) => [spec.name, initialValue(spec, createRandom(seed, 'weights', name, spec.name))]));
  const channels = new Map(specs.map((spec) => [spec.name, spec.shape[0]!]));
  return {
    name,
    parameters: k.parameters(specs, initial),
    statistics: new Map(norms.map((norm) => [norm, initialStatistics(k, channels.get(`${norm}.gamma`)!)])),
  };
}

/** Weights N(0, 0.02), gamma N(1, 0.02), beta and biases 0 (Radford et al. 2016, appendix of the reference code). */
function initialValue({ name, shape }: ParameterSpec, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (name.endsWith('.bias') || name.endsWith('.beta')) return values;
  const mean = name.endsWith('.gamma') ? 1 : 0;
  for (let i = 0; i < values.length; i++) values[i] = mean + 0.02 * random.normal();
  return values;
}

function initialStatistics(k: Kernels, channels: number): Statistics {
  const mean = k.keep(k.tensorFloat32(new Float32Array(channels), [channels]));
  const variance = k.keep(k.tensorFloat32(new Float32Array(channels).fill(1), [channels]));
  return { mean, variance };
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
