// Initial parameters, from the seed alone: the same on every backend.

import { createRandom } from '../../experiment/random.ts';
import type { ParameterSpec } from '../kernels/kernels.ts';

/** Weights N(0, 0.02), gamma N(1, 0.02), beta and biases 0 (Radford et al. 2016, appendix of the reference code). */
export function initialWeights(
  specs: readonly ParameterSpec[],
  { seed, network }: { seed: number; network: string },
): Map<string, Float32Array> {
  return new Map(specs.map((spec) => [spec.name, initialValue(spec, { seed, network })]));
}

function initialValue({ name, shape }: ParameterSpec, { seed, network }: { seed: number; network: string }): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (name.endsWith('.bias') || name.endsWith('.beta')) return values;
  const random = createRandom(seed, 'weights', network, name);
  const mean = name.endsWith('.gamma') ? 1 : 0;
  for (let i = 0; i < values.length; i++) values[i] = mean + 0.02 * random.normal();
  return values;
}
