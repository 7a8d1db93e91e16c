// Spectral normalization (Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks"): each weight of the
// discriminator, as a matrix W [rows, out], is divided by its largest singular value, which one power iteration a step follows:
//
//   v = W u / |W u|,  u = W' v / |W' v|,  sigma = v' W u
//
// u goes on from step to step as state. Gradients pass through sigma, but not through u and v.

import { createRandom } from '../../experiment/random.ts';
import type { Operations } from '../kernels/gradients.ts';
import type { Kernels, ParameterSpec, Tensor } from '../kernels/kernels.ts';
import type { ReadonlyState, State, Weights } from './state.ts';

/** Of one weight: v [rows, 1] and u [out, 1], of length 1. */
export interface SingularVectors {
  v: Tensor;
  u: Tensor;
}

/** Keeps a vector of zeros from being divided by zero. */
const TINY = 1e-24;

/** What the state calls the vector u of a weight: `down2.weight` -> `down2.spectral_u`. */
export const spectralName = (weight: string): string => weight.replace(/weight$/, 'spectral_u');

/** The vector u of a weight before the first step: random, of length 1. */
export function initialSpectralVector({ name, shape }: ParameterSpec, seed: number): Float32Array {
  const random = createRandom(seed, 'spectral norm', name);
  const u = Float32Array.from({ length: shape.at(-1)! }, () => random.normal());
  const length = Math.hypot(...u);
  return u.map((value) => value / length);
}

/** One power iteration for each of the weights: its vectors after it, by its name, and the state to go on from. */
export function iteratePower(
  k: Kernels,
  parameters: Weights,
  { weights, before }: { weights: readonly ParameterSpec[]; before: ReadonlyState },
): { vectors: Map<string, SingularVectors>; after: State } {
  const vectors = new Map<string, SingularVectors>();
  const after: State = new Map();
  for (const { name } of weights) {
    const matrix = asMatrix(k, parameters.get(name));
    const former = before.get(spectralName(name))!; // [out]
    const v = normalize(k, k.matMul(matrix, k.reshape(former, [former.shape[0]!, 1])));
    const u = normalize(k, k.matMul(matrix, v, { transposeA: true }));
    vectors.set(name, { v, u });
    after.set(spectralName(name), k.reshape(u, former.shape));
  }
  return { vectors, after };
}

/** The weights as a forward pass reads them: those that have vectors are divided by their largest singular value. */
export function spectralWeights(k: Operations, parameters: Weights, vectors: ReadonlyMap<string, SingularVectors>): Weights {
  return {
    get(name) {
      const weight = parameters.get(name);
      const found = vectors.get(name);
      if (!found) return weight;
      const matrix = asMatrix(k, weight);
      const sigma = k.matMul(k.matMul(found.v, matrix, { transposeA: true }), found.u); // [1, 1]
      return k.activation(k.reshape(k.mul(matrix, k.reciprocal(sigma)), weight.shape));
    },
  };
}

/** [.., out] -> [rows, out] */
function asMatrix(k: Operations, weight: Tensor): Tensor {
  const rows = weight.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return k.reshape(weight, [rows, weight.shape.at(-1)!]);
}

/** x [n, 1] -> x / |x| */
function normalize(k: Kernels, x: Tensor): Tensor {
  const square = k.sum(k.mul(x, x), [0]); // [1, 1]
  return k.mul(x, k.rsqrt(k.add(square, k.tensorFloat32(Float32Array.of(TINY), [1, 1]))));
}
