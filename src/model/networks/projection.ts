// The projection discriminator (Miyato and Koyama 2018, "cGANs with Projection Discriminator"), for labels of many bits: a logit gets the
// inner product of the picture's features, summed over their places, with the sum of a learned vector for each label that is on.

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import type { NetworkShape } from './shape.ts';
import type { Weights } from './state.ts';

/** A row for each label, [conditions, channels of the features]. */
export const projectionSpec = ({ conditions, spectralNorm }: NetworkShape, channels: number): ParameterSpec => ({
  name: 'projection.weight',
  shape: [conditions, channels],
  isFloat32: spectralNorm,
});

interface Features {
  /** [B, 4, 4, c] */
  map: Tensor;
  /** [B, conditions] */
  labels: Tensor;
}

/** What the labels add to the logits, float32: [B, 1] */
export function project(k: Operations, weights: Weights, { map, labels }: Features): Tensor {
  const [batch, , , channels] = map.shape as [number, number, number, number];
  const pooled = k.reshape(k.sum(map, [1, 2]), [batch, channels]);
  const wanted = k.matMul(labels, weights.get('projection.weight')); // [B, c]
  return k.sum(k.float32(k.mul(pooled, wanted)), [1]);
}
