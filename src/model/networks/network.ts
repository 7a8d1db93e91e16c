// A network's state on the device: all of it that a run continues from.

import { createRandom, type Random } from '../../experiment/random.ts';
import type { Kernels, ParameterSpec, Parameters, Tensor } from '../kernels/kernels.ts';

/**
 * What a pass leaves for later ones beside the parameters, float32, by the name that a checkpoint gives it: of each batch norm
 * `<norm>.running_mean` and `<norm>.running_variance`, [channels].
 */
export type State = Map<string, Tensor>;

export interface Network {
  /** What a checkpoint calls it: `generator`, `discriminator`. */
  readonly name: string;
  readonly parameters: Parameters;
  /**
   * The generator's is replaced after each training pass. The discriminator's is only stored: it is never sampled, so nothing updates or
   * reads it.
   */
  state: State;
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
  const statistics = norms.flatMap((norm) => initialStatistics(k, norm, channels.get(`${norm}.gamma`)!));
  return { name, parameters: k.parameters(specs, initial), state: new Map(statistics) };
}

/** Weights N(0, 0.02), gamma N(1, 0.02), beta and biases 0 (Radford et al. 2016, appendix of the reference code). */
function initialValue({ name, shape }: ParameterSpec, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (name.endsWith('.bias') || name.endsWith('.beta')) return values;
  const mean = name.endsWith('.gamma') ? 1 : 0;
  for (let i = 0; i < values.length; i++) values[i] = mean + 0.02 * random.normal();
  return values;
}

function initialStatistics(k: Kernels, norm: string, channels: number): [name: string, tensor: Tensor][] {
  const upload = (value: number) => k.keep(k.tensorFloat32(new Float32Array(channels).fill(value), [channels]));
  return [
    [`${norm}.running_mean`, upload(0)],
    [`${norm}.running_variance`, upload(1)],
  ];
}

/** Puts `after` in the place of the network's state, which is freed. */
export function replaceState(k: Kernels, network: Network, after: State): void {
  k.free(...network.state.values());
  for (const tensor of after.values()) k.keep(tensor);
  network.state = after;
}
