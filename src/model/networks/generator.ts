// The article's generator, layer by layer, with what model.conditionalNorm and model.upsampling change in it.

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import { type Norm, normSpecs } from './batch-norm.ts';
import { conditionalNorm, conditionalNormSpecs } from './conditional-norm.ts';
import { generatorChannels, halvings, type NetworkShape } from './shape.ts';
import type { Weights } from './state.ts';
import { makePicture, pictureSpec } from './upsampling.ts';

/** Weight layout: dense [in, 4*4*out], transposed convolution [4, 4, out, in]; that of the picture as in upsampling.ts. */
export function generatorSpecs(shape: NetworkShape): ParameterSpec[] {
  const { latentSize, conditions, width } = shape;
  const specs: ParameterSpec[] = [...branchSpecs('noise', latentSize, width), ...branchSpecs('label', conditions, width)];
  for (let level = 1; level < halvings(shape); level++) {
    const [from, to] = [generatorChannels(shape, level - 1), generatorChannels(shape, level)];
    const name = `up${level}`;
    specs.push({ name: `${name}.weight`, shape: [4, 4, to, from] });
    specs.push(...(shape.conditionalNorm ? conditionalNormSpecs(name, { channels: to, conditions }) : normSpecs(name, to)));
  }
  const last = generatorChannels(shape, halvings(shape) - 1);
  specs.push(pictureSpec(shape, last), { name: 'image.bias', shape: [3] });
  return specs;
}

const branchSpecs = (name: string, from: number, width: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [from, 16 * width] },
  ...normSpecs(name, width),
];

/** Names of the generator's batch norms: `noise`, `label`, `up1`, … */
export const generatorNorms = (shape: NetworkShape): string[] => [
  'noise',
  'label',
  ...Array.from({ length: halvings(shape) - 1 }, (_, i) => `up${i + 1}`),
];

interface Pass {
  k: Operations;
  shape: NetworkShape;
  weights: Weights;
  /** Decides whether this pass is one of training or of sampling. */
  norm: Norm;
  /** Whether the picture is made without the chequered grain of its last layer: see upsampling.ts. */
  isEven?: boolean;
}

/** noise [B, latent], labels [B, conditions] -> pictures [B, S, S, 3] in [-1, 1] */
export function generate({ k, shape, weights, norm, isEven = false }: Pass, noise: Tensor, labels: Tensor): Tensor {
  const branch = (name: string, input: Tensor) => {
    const product = k.matMul(input, weights.get(`${name}.weight`)); // [B, 16 * width]
    return k.leakyRelu(norm(name, k.reshape(product, [input.shape[0]!, 4, 4, shape.width])));
  };
  const upNorm = shape.conditionalNorm ? conditionalNorm(k, { weights, labels, norm }) : norm;
  let h = k.concat(branch('noise', noise), branch('label', labels)); // [B, 4, 4, 2 * width]
  for (let level = 1; level < halvings(shape); level++) {
    const name = `up${level}`;
    h = k.leakyRelu(upNorm(name, k.convInputGradient(h, weights.get(`${name}.weight`)))); // [B, 4 * 2^level, .., 2 * width / 2^level]
  }
  return k.tanh(k.addBias(makePicture(k, shape, { x: h, filter: weights.get('image.weight'), isEven }), weights.get('image.bias')));
}
