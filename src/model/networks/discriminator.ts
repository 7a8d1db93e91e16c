// The article's discriminator, layer by layer, with what model.spectralNorm, discriminatorLabels and auxiliaryWeight change in it.

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import { auxiliarySpecs, classify } from './auxiliary.ts';
import { type Norm, normSpecs } from './batch-norm.ts';
import type { LabelPlanes } from './label-planes.ts';
import { project, projectionSpec } from './projection.ts';
import { discriminatorChannels, halvings, type NetworkShape } from './shape.ts';
import type { Weights } from './state.ts';

const hasPlanes = ({ discriminatorLabels }: NetworkShape) => discriminatorLabels !== 'projection';

/** Weight layout: convolution [4, 4, in, out], dense [4*4*in, out]. */
export function discriminatorSpecs(shape: NetworkShape): ParameterSpec[] {
  const { spectralNorm, conditions } = shape;
  const weight = (name: string, dimensions: readonly number[]): ParameterSpec => ({
    name: `${name}.weight`,
    shape: dimensions,
    ...(spectralNorm && { isFloat32: true }), // divided before it is brought to the type of the activations
  });
  const bias = (name: string, channels: number): ParameterSpec => ({ name: `${name}.bias`, shape: [channels] });
  const half = discriminatorChannels(shape, 1) / 2;
  const specs = [weight('image', [4, 4, 3, half]), bias('image', half)];
  if (hasPlanes(shape)) specs.push(weight('label', [4, 4, conditions, half]), bias('label', half));
  for (let level = 2; level <= halvings(shape); level++) {
    const from = level === 2 && !hasPlanes(shape) ? half : discriminatorChannels(shape, level - 1);
    const to = discriminatorChannels(shape, level);
    specs.push(weight(`down${level}`, [4, 4, from, to]), ...(spectralNorm ? [bias(`down${level}`, to)] : normSpecs(`down${level}`, to)));
  }
  const last = discriminatorChannels(shape, halvings(shape));
  specs.push(weight('logit', [16 * last, 1]), bias('logit', 1));
  if (!hasPlanes(shape)) specs.push(projectionSpec(shape, 16 * last));
  if (shape.auxiliaryWeight) specs.push(...auxiliarySpecs(shape, 16 * last));
  return specs;
}

const layersAfterFirst = (shape: NetworkShape): string[] => Array.from({ length: halvings(shape) - 1 }, (_, i) => `down${i + 2}`);

/** Names of the discriminator's batch norms: `down2`, `down3`, …; none with spectral normalization. */
export const discriminatorNorms = (shape: NetworkShape): string[] => (shape.spectralNorm ? [] : layersAfterFirst(shape));

/** Weights that spectral normalization divides, all that lead to the logit; none without it. */
export const spectralSpecs = (shape: NetworkShape): ParameterSpec[] =>
  shape.spectralNorm ? discriminatorSpecs(shape).filter(({ name }) => name.endsWith('.weight') && name !== 'auxiliary.weight') : [];

/** In place of a norm where there are none: the bias of the layer. */
export const biasNorm =
  (k: Operations, weights: Weights): Norm =>
  (name, x) =>
    k.addBias(x, weights.get(`${name}.bias`));

interface Pass {
  k: Operations;
  shape: NetworkShape;
  weights: Weights;
  planes: LabelPlanes;
  norm: Norm;
}

export interface Judgement {
  /** [B]; the probability of 'real' is their sigmoid. */
  logits: Tensor;
  /** Of the auxiliary classifier, where there is one: [B, conditions] */
  labelLogits: Tensor | undefined;
}

/** images [B, S, S, 3], labels [B, conditions] -> logits */
export function discriminate({ k, shape, weights, planes, norm }: Pass, images: Tensor, labels: Tensor): Judgement {
  const batch = images.shape[0]!;
  const imageBranch = k.leakyRelu(k.addBias(k.conv(images, weights.get('image.weight')), weights.get('image.bias'))); // [B, S/2, S/2, c]
  const [first, ...others] = layersAfterFirst(shape);
  let h: Tensor;
  if (hasPlanes(shape)) {
    const labelBranch = k.leakyRelu(k.addBias(planes.convolve(k, labels, weights.get('label.weight')), weights.get('label.bias')));
    const filters = halveFilter(k, weights.get(`${first}.weight`));
    h = k.add(k.conv(imageBranch, filters.image), planes.convolveAgain(k, labelBranch, filters.label));
  } else {
    h = k.conv(imageBranch, weights.get(`${first}.weight`));
  }
  h = k.leakyRelu(norm(first!, h)); // [B, S/4, S/4, 4 * c]
  for (const name of others) h = k.leakyRelu(norm(name, k.conv(h, weights.get(`${name}.weight`)))); // half the size, twice the channels
  const features = k.reshape(h, [batch, 16 * h.shape[3]!]);
  let logits = k.addBias(k.matMul(features, weights.get('logit.weight')), weights.get('logit.bias')); // [B, 1]
  if (!hasPlanes(shape)) logits = k.add(k.float32(logits), project(k, weights, { features, labels }));
  return { logits: k.reshape(logits, [batch]), labelLogits: shape.auxiliaryWeight ? classify(k, weights, features) : undefined };
}

/** The filter of the layer in which both branches meet, [4, 4, 2c, o] -> what each branch meets, [4, 4, c, o]. */
function halveFilter(k: Operations, filter: Tensor): { image: Tensor; label: Tensor } {
  const [channels, outputs] = [filter.shape[2]! / 2, filter.shape[3]!];
  const [image, label] = k.split(k.reshape(filter, [16, 2 * channels * outputs]), channels * outputs);
  const asFilter = (half: Tensor) => k.reshape(half, [4, 4, channels, outputs]);
  return { image: asFilter(image), label: asFilter(label) };
}
