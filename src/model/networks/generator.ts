// Room: model/networks. The article's generator, layer by layer, forwards and backwards.

import type { Kernels, NormState, ParameterSpec, Parameters, SavedNorm, Tensor } from '../kernels/kernels.ts';
import type { RunningStatistics } from './network.ts';
import { generatorChannels, halvings, type NetworkShape } from './shape.ts';

/** Weight layout: dense [in, 4*4*out], transposed convolution [4, 4, out, in]. */
export function generatorSpecs(shape: NetworkShape): ParameterSpec[] {
  const { latentSize, conditions, width } = shape;
  const specs: ParameterSpec[] = [...branchSpecs('noise', latentSize, width), ...branchSpecs('label', conditions, width)];
  for (let level = 1; level < halvings(shape); level++) {
    const [from, to] = [generatorChannels(shape, level - 1), generatorChannels(shape, level)];
    specs.push({ name: `up${level}.weight`, shape: [4, 4, to, from] }, ...normSpecs(`up${level}`, to));
  }
  const last = generatorChannels(shape, halvings(shape) - 1);
  specs.push({ name: 'image.weight', shape: [4, 4, 3, last] }, { name: 'image.bias', shape: [3] });
  return specs;
}

const branchSpecs = (name: string, from: number, width: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [from, 16 * width] },
  ...normSpecs(name, width),
];

export const normSpecs = (name: string, channels: number): ParameterSpec[] => [
  { name: `${name}.bias`, shape: [channels], inert: true },
  { name: `${name}.gamma`, shape: [channels] },
  { name: `${name}.beta`, shape: [channels] },
];

/** Names of the generator's batch norms: `noise`, `label`, `up1`, … */
export const generatorNorms = (shape: NetworkShape): string[] => [
  'noise',
  'label',
  ...Array.from({ length: halvings(shape) - 1 }, (_, i) => `up${i + 1}`),
];

export interface GeneratorPass {
  /** [B, S, S, 3] in [-1, 1] */
  images: Tensor;
  statistics: RunningStatistics;
  /** What `generatorGradients` needs. */
  tape: Tape;
}

interface Tape {
  noise: Tensor;
  labels: Tensor;
  branches: NormedLayer[];
  ups: NormedLayer[];
  images: Tensor;
}

interface NormedLayer {
  name: string;
  /** Input of the layer's product or convolution. */
  input: Tensor;
  norm: SavedNorm;
  /** After the activation. */
  output: Tensor;
}

/** What a forward pass asks of parameters. */
export type Weights = Pick<Parameters, 'get' | 'getFloat32'>;

interface Pass {
  k: Kernels;
  shape: NetworkShape;
  parameters: Weights;
  statistics: RunningStatistics;
}

/** noise [B, latent], labels [B, conditions] -> images, with the batch's own statistics. */
export function generate({ k, shape, parameters, statistics }: Pass, noise: Tensor, labels: Tensor): GeneratorPass {
  const after: RunningStatistics = new Map();
  const normed = (name: string, input: Tensor, product: Tensor): NormedLayer => {
    const { y, saved, mean, variance } = k.batchNorm(product, normState(parameters, statistics, name));
    after.set(name, { mean, variance });
    return { name, input, norm: saved, output: k.leakyRelu(y) };
  };
  const branch = (name: string, input: Tensor) => {
    const product = k.matMul(input, parameters.get(`${name}.weight`)); // [B, 16 * width]
    return normed(name, input, k.reshape(product, [input.shape[0]!, 4, 4, shape.width]));
  };

  const branches = [branch('noise', noise), branch('label', labels)];
  let h = k.concat(branches[0]!.output, branches[1]!.output); // [B, 4, 4, 2 * width]
  const ups: NormedLayer[] = [];
  for (let level = 1; level < halvings(shape); level++) {
    const layer = normed(`up${level}`, h, k.convInputGradient(h, parameters.get(`up${level}.weight`)));
    ups.push(layer);
    h = layer.output; // [B, 4 * 2^level, 4 * 2^level, 2 * width / 2^level]
  }
  const images = k.tanh(k.addBias(k.convInputGradient(h, parameters.get('image.weight')), parameters.get('image.bias')));
  return { images, statistics: after, tape: { noise, labels, branches, ups, images } };
}

/** dImages [B, S, S, 3] -> gradient of every parameter that is not inert. */
export function generatorGradients({ k, shape, parameters }: Omit<Pass, 'statistics'>, tape: Tape, dImages: Tensor): Map<string, Tensor> {
  const gradients = new Map<string, Tensor>();
  const lastInput = tape.ups.at(-1)!.output;

  const dPicture = k.tanhGradient(dImages, tape.images);
  gradients.set('image.bias', k.biasGradient(dPicture));
  gradients.set('image.weight', k.convFilterGradient(dPicture, lastInput));
  let dh = k.conv(dPicture, parameters.get('image.weight'));

  const throughNorm = (layer: NormedLayer, dOutput: Tensor): Tensor => {
    const { dx, dgamma, dbeta } = k.batchNormGradient(k.leakyReluGradient(dOutput, layer.output), layer.norm);
    gradients.set(`${layer.name}.gamma`, dgamma);
    gradients.set(`${layer.name}.beta`, dbeta);
    return dx;
  };
  for (const layer of [...tape.ups].reverse()) {
    const dProduct = throughNorm(layer, dh);
    gradients.set(`${layer.name}.weight`, k.convFilterGradient(dProduct, layer.input));
    dh = k.conv(dProduct, parameters.get(`${layer.name}.weight`));
  }
  const halves = k.split(dh, shape.width);
  tape.branches.forEach((layer, i) => {
    const dProduct = k.reshape(throughNorm(layer, halves[i]!), [layer.input.shape[0]!, 16 * shape.width]);
    gradients.set(`${layer.name}.weight`, k.matMul(layer.input, dProduct, { transposeA: true }));
  });
  return gradients;
}

/** As `generate`, with running statistics, which it leaves alone: for sampling. */
export function generateForSampling({ k, shape, parameters, statistics }: Pass, noise: Tensor, labels: Tensor): Tensor {
  const normed = (name: string, product: Tensor) => k.leakyRelu(k.batchNormInference(product, normState(parameters, statistics, name)));
  const branch = (name: string, input: Tensor) =>
    normed(name, k.reshape(k.matMul(input, parameters.get(`${name}.weight`)), [input.shape[0]!, 4, 4, shape.width]));

  let h = k.concat(branch('noise', noise), branch('label', labels));
  for (let level = 1; level < halvings(shape); level++)
    h = normed(`up${level}`, k.convInputGradient(h, parameters.get(`up${level}.weight`)));
  return k.tanh(k.addBias(k.convInputGradient(h, parameters.get('image.weight')), parameters.get('image.bias')));
}

export function normState(parameters: Weights, statistics: RunningStatistics, name: string): NormState {
  const running = statistics.get(name);
  if (!running) throw new Error(`no running statistics for ${name}`);
  return { gamma: parameters.getFloat32(`${name}.gamma`), beta: parameters.getFloat32(`${name}.beta`), ...running };
}
