// The article's discriminator, layer by layer.

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import { type Norm, normSpecs, type Weights } from './batch-norm.ts';
import type { LabelPlanes } from './label-planes.ts';
import { discriminatorChannels, halvings, type NetworkShape } from './shape.ts';

/** Weight layout: convolution [4, 4, in, out], dense [4*4*in, 1]. */
export function discriminatorSpecs(shape: NetworkShape): ParameterSpec[] {
  const half = discriminatorChannels(shape, 1) / 2;
  const specs: ParameterSpec[] = [
    { name: 'image.weight', shape: [4, 4, 3, half] },
    { name: 'image.bias', shape: [half] },
    { name: 'label.weight', shape: [4, 4, shape.conditions, half] },
    { name: 'label.bias', shape: [half] },
  ];
  for (let level = 2; level <= halvings(shape); level++) {
    const [from, to] = [discriminatorChannels(shape, level - 1), discriminatorChannels(shape, level)];
    specs.push({ name: `down${level}.weight`, shape: [4, 4, from, to] }, ...normSpecs(`down${level}`, to));
  }
  const last = discriminatorChannels(shape, halvings(shape));
  specs.push({ name: 'logit.weight', shape: [16 * last, 1] }, { name: 'logit.bias', shape: [1] });
  return specs;
}

/** Names of the discriminator's batch norms: `down2`, `down3`, … */
export const discriminatorNorms = (shape: NetworkShape): string[] => Array.from({ length: halvings(shape) - 1 }, (_, i) => `down${i + 2}`);

interface Pass {
  k: Operations;
  shape: NetworkShape;
  weights: Weights;
  planes: LabelPlanes;
  norm: Norm;
}

/** images [B, S, S, 3], labels [B, conditions] -> logits [B]; the probability of 'real' is their sigmoid. */
export function discriminate({ k, shape, weights, planes, norm }: Pass, images: Tensor, labels: Tensor): Tensor {
  const batch = images.shape[0]!;
  const imageBranch = k.leakyRelu(k.addBias(k.conv(images, weights.get('image.weight')), weights.get('image.bias'))); // [B, S/2, S/2, c]
  const labelBranch = k.leakyRelu(k.addBias(planes.convolve(k, labels, weights.get('label.weight')), weights.get('label.bias')));
  const [first, ...others] = discriminatorNorms(shape);
  const filters = halveFilter(k, weights.get(`${first}.weight`));
  const joined = k.add(k.conv(imageBranch, filters.image), planes.convolveAgain(k, labelBranch, filters.label));
  let h = k.leakyRelu(norm(first!, joined)); // [B, S/4, S/4, 4 * c]
  for (const name of others) h = k.leakyRelu(norm(name, k.conv(h, weights.get(`${name}.weight`)))); // half the size, twice the channels
  const features = k.reshape(h, [batch, 16 * h.shape[3]!]);
  const logits = k.addBias(k.matMul(features, weights.get('logit.weight')), weights.get('logit.bias')); // [B, 1]
  return k.reshape(logits, [batch]);
}

/** The filter of the layer in which both branches meet, [4, 4, 2c, o] -> what each branch meets, [4, 4, c, o]. */
function halveFilter(k: Operations, filter: Tensor): { image: Tensor; label: Tensor } {
  const [channels, outputs] = [filter.shape[2]! / 2, filter.shape[3]!];
  const [image, label] = k.split(k.reshape(filter, [16, 2 * channels * outputs]), channels * outputs);
  const asFilter = (half: Tensor) => k.reshape(half, [4, 4, channels, outputs]);
  return { image: asFilter(image), label: asFilter(label) };
}
