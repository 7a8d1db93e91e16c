// The oracle's network: convolutions 4/2 down to 4x4, a dense layer whose activations are the features, and a logit a label.

import type { Operations } from '../../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../../kernels/kernels.ts';
import { type Norm, normSpecs } from '../../networks/batch-norm.ts';
import type { Weights } from '../../networks/state.ts';

export interface OracleShape {
  imageSize: 32 | 64 | 128;
  /** Channels after the first convolution; each further one has twice as many, up to eight times. */
  width: number;
  featureSize: number;
  /** Logits. */
  labels: number;
}

/** Weight layout: convolution [4, 4, in, out], dense [in, out]. */
export function oracleSpecs(shape: OracleShape): ParameterSpec[] {
  const channels = convolutionChannels(shape);
  return [
    ...channels.flatMap((to, i): ParameterSpec[] => [
      { name: `down${i + 1}.weight`, shape: [4, 4, channels[i - 1] ?? 3, to] },
      ...normSpecs(`down${i + 1}`, to),
    ]),
    { name: 'features.weight', shape: [16 * channels.at(-1)!, shape.featureSize] },
    ...normSpecs('features', shape.featureSize),
    { name: 'logits.weight', shape: [shape.featureSize, shape.labels] },
    { name: 'logits.bias', shape: [shape.labels] },
  ];
}

/** Names of the batch norms: `down1`, …, `features`. */
export const oracleNorms = (shape: OracleShape): string[] => [...convolutionChannels(shape).map((_, i) => `down${i + 1}`), 'features'];

/** For 64x64 and width 32: 32, 64, 128, 256. */
function convolutionChannels({ imageSize, width }: OracleShape): number[] {
  return Array.from({ length: Math.log2(imageSize) - 2 }, (_, i) => width * Math.min(8, 2 ** i));
}

interface Pass {
  k: Operations;
  shape: OracleShape;
  weights: Weights;
  norm: Norm;
}

/** pictures [B, S, S, 3] in [-1, 1] -> features [B, featureSize] and logits [B, labels] */
export function classify({ k, shape, weights, norm }: Pass, pictures: Tensor): { features: Tensor; logits: Tensor } {
  const batch = pictures.shape[0]!;
  let h = pictures;
  for (const name of oracleNorms(shape).slice(0, -1)) h = k.leakyRelu(norm(name, k.conv(h, weights.get(`${name}.weight`)))); // half the size
  const dense = k.matMul(k.reshape(h, [batch, 16 * h.shape[3]!]), weights.get('features.weight'));
  const normal = norm('features', k.reshape(dense, [batch, 1, 1, shape.featureSize]));
  const features = k.reshape(k.leakyRelu(normal), [batch, shape.featureSize]);
  const logits = k.addBias(k.matMul(features, weights.get('logits.weight')), weights.get('logits.bias'));
  return { features, logits };
}
