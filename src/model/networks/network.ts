// A network's state on the device: all of it that a run continues from.

import { createRandom, type Random } from '../../experiment/random.ts';
import type { Kernels, ParameterSpec, Parameters, Tensor } from '../kernels/kernels.ts';
import { averageOf } from '../kernels/stored.ts';
import { initialSpectralVector, spectralName } from './spectral-norm.ts';
import type { ReadonlyState, State, Weights } from './state.ts';

export interface Network {
  /** What a checkpoint calls it: `generator`, `discriminator`. */
  readonly name: string;
  readonly parameters: Parameters;
  /** Whether it keeps averages of its weights and running statistics, which make pictures. */
  readonly isAveraged: boolean;
  /**
   * Replaced after each training pass. Running statistics of the discriminator are only stored: it is never sampled, so nothing updates or
   * reads them.
   */
  state: State;
}

interface Plan {
  name: string;
  specs: readonly ParameterSpec[];
  /** Names of its batch norms. */
  norms: readonly string[];
  /** Those of its weights that spectral normalization divides. */
  spectral?: readonly ParameterSpec[];
  /** Whether averages of its parameters and running statistics are kept. */
  averaged?: boolean;
  seed: number;
}

/** A network before its first step: from the seed alone, the same on every backend. */
export function createNetwork(k: Kernels, plan: Plan): Network {
  const { name, specs, norms, spectral = [], averaged = false, seed } = plan;
  const initial = new Map(specs.map((spec) => [spec.name, initialValue(spec, createRandom(seed, 'weights', name, spec.name))]));
  const channels = new Map(specs.map((spec) => [spec.name, spec.shape[0]!]));
  const state: State = new Map();
  const upload = (key: string, values: Float32Array) => state.set(key, k.keep(k.tensorFloat32(values, [values.length])));
  for (const norm of norms) {
    const count = channels.get(`${norm}.gamma`)!;
    upload(`${norm}.running_mean`, new Float32Array(count));
    upload(`${norm}.running_variance`, new Float32Array(count).fill(1));
  }
  if (averaged)
    for (const [key, { shape }] of [...state]) upload(averageOf(key), new Float32Array(shape[0]!).fill(key.endsWith('mean') ? 0 : 1));
  for (const spec of spectral) upload(spectralName(spec.name), initialSpectralVector(spec, seed));
  return { name, parameters: k.parameters(specs, initial, { averaged }), state, isAveraged: averaged };
}

/** Weights N(0, 0.02), gamma N(1, 0.02), beta and biases 0 (Radford et al. 2016, appendix of the reference code). */
function initialValue({ name, shape }: ParameterSpec, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (name.endsWith('.bias') || name.endsWith('.beta')) return values;
  const mean = name.endsWith('.gamma') ? 1 : 0;
  for (let i = 0; i < values.length; i++) values[i] = mean + 0.02 * random.normal();
  return values;
}

/** Puts `after` in the place of the network's state, which is freed. */
export function replaceState(k: Kernels, network: Network, after: State): void {
  k.free(...network.state.values());
  for (const tensor of after.values()) k.keep(tensor);
  network.state = after;
}

/** The averages among `before`, a network's state, moved towards the values `after` a step by `share` [1] of the difference, by name. */
export function averageState(k: Kernels, { before, after, share }: { before: ReadonlyState; after: ReadonlyState; share: Tensor }): State {
  const averages: State = new Map();
  for (const [name, value] of after) {
    const average = before.get(averageOf(name));
    if (average) averages.set(averageOf(name), k.add(average, k.mul(k.sub(value, average), share)));
  }
  return averages;
}

export interface SampledPart {
  parameters: Weights;
  readonly state: ReadonlyState;
  /** Whether these are averages of weights, not weights. */
  isAverage: boolean;
}

/** What a network is sampled with: its averages, where it keeps them. Follows the network as it learns. */
export function sampledPart(network: Network): SampledPart {
  return {
    parameters: { get: (name) => network.parameters.getAverage(name) },
    isAverage: network.isAveraged,
    get state() {
      return new Map([...network.state].map(([name, tensor]) => [name, network.state.get(averageOf(name)) ?? tensor]));
    },
  };
}
