// The projection discriminator (Miyato and Koyama 2018, "cGANs with Projection Discriminator"), for labels of many bits: a logit gets the
// inner product of the picture's features with the sum of a learned vector for each label that is on. The features are those that the other
// part of the logit sees, not their sum over places: that sum made the labels' part so much larger that pictures hardly became more real.

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import type { NetworkShape } from './shape.ts';
import type { Weights } from './state.ts';

/** A row for each label, [conditions, features]. */
export const projectionSpec = ({ conditions, spectralNorm }: NetworkShape, features: number): ParameterSpec => ({
  name: 'projection.weight',
  shape: [conditions, features],
  isFloat32: spectralNorm,
});

/** What the labels [B, conditions] add to the logits of pictures with these features [B, n], float32: [B, 1] */
export function project(k: Operations, weights: Weights, { features, labels }: { features: Tensor; labels: Tensor }): Tensor {
  const wanted = k.matMul(labels, weights.get('projection.weight')); // [B, n]
  return k.sum(k.float32(k.mul(features, wanted)), [1]);
}
