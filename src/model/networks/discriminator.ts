// Room: model/networks. The article's discriminator, layer by layer, forwards and backwards.

import type { Kernels, ParameterSpec, Parameters, SavedNorm, Tensor } from '../kernels/kernels.ts';
import { normSpecs, normState } from './generator.ts';
import type { LabelPlanes } from './label-planes.ts';
import type { RunningStatistics } from './network.ts';
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

export interface DiscriminatorPass {
  /** [B]; the probability of 'real' is their sigmoid. */
  logits: Tensor;
  statistics: RunningStatistics;
  tape: Tape;
}

interface Tape {
  images: Tensor;
  labels: Tensor;
  imageBranch: Tensor;
  labelRegions: Tensor;
  /** The label branch on as small a map as has all its regions: [B, 6, 6, c] */
  labelMap: Tensor;
  downs: { name: string; input: Tensor; norm: SavedNorm; output: Tensor }[];
  /** [B, 16 * channels] */
  features: Tensor;
}

/** The layer in which both branches meet. */
const JOINED = 'down2';

interface Weights {
  k: Kernels;
  shape: NetworkShape;
  parameters: Parameters;
  planes: LabelPlanes;
}

/** images [B, S, S, 3], labels [B, conditions] -> logits, with the batch's own statistics. */
export function discriminate(weights: Weights & { statistics: RunningStatistics }, images: Tensor, labels: Tensor): DiscriminatorPass {
  const { k, shape, parameters, planes, statistics } = weights;
  const batch = images.shape[0]!;
  const after: RunningStatistics = new Map();

  const imageBranch = k.leakyRelu(k.addBias(k.conv(images, parameters.get('image.weight')), parameters.get('image.bias')));
  const labelRegions = k.leakyRelu(k.addBias(planes.regions(labels, parameters.get('label.weight')), parameters.get('label.bias')));
  const labelMap = planes.shrink(labelRegions);
  const joined = halveFilter(k, parameters.get(`${JOINED}.weight`));
  const fromLabels = planes.spread(k.reshape(k.conv(labelMap, joined.label), [batch, 9, joined.label.shape[3]!]));
  let h = imageBranch; // [B, S/2, S/2, c], beside it the label branch as [B, 6, 6, c]
  const downs: Tape['downs'] = [];
  for (const name of discriminatorNorms(shape)) {
    const product = name === JOINED ? k.add(k.conv(h, joined.image), fromLabels) : k.conv(h, parameters.get(`${name}.weight`));
    const { y, saved, mean, variance } = k.batchNorm(product, normState(parameters, statistics, name));
    after.set(name, { mean, variance });
    const output = k.leakyRelu(y);
    downs.push({ name, input: h, norm: saved, output });
    h = output; // [B, S/2^level, S/2^level, c * 2^(level - 1)]
  }
  const features = k.reshape(h, [batch, 16 * h.shape[3]!]);
  const logits = k.addBias(k.matMul(features, parameters.get('logit.weight')), parameters.get('logit.bias')); // [B, 1]
  return {
    logits: k.reshape(logits, [batch]),
    statistics: after,
    tape: { images, labels, imageBranch, labelRegions, labelMap, downs, features },
  };
}

/** Gradients for dLogits [B]: of the parameters for a step of D, of the images for a step of G. */
export function discriminatorGradients<W extends 'parameters' | 'images'>(
  weights: Weights,
  { tape, dLogits, of }: { tape: Tape; dLogits: Tensor; of: W },
): W extends 'images' ? Tensor : Map<string, Tensor>;
export function discriminatorGradients(
  { k, parameters, planes }: Weights,
  { tape, dLogits, of }: { tape: Tape; dLogits: Tensor; of: 'parameters' | 'images' },
): Tensor | Map<string, Tensor> {
  const gradients = new Map<string, Tensor>();
  const wantParameters = of === 'parameters';
  const last = tape.downs.at(-1)!;

  const dColumn = k.reshape(dLogits, [dLogits.shape[0]!, 1]);
  if (wantParameters) {
    gradients.set('logit.bias', k.biasGradient(dColumn));
    gradients.set('logit.weight', k.matMul(tape.features, dColumn, { transposeA: true }));
  }
  let dh = k.reshape(k.matMul(dColumn, parameters.get('logit.weight'), { transposeB: true }), last.output.shape);
  for (const { name, input, norm, output } of [...tape.downs].reverse()) {
    const { dx, dgamma, dbeta } = k.batchNormGradient(k.leakyReluGradient(dh, output), norm);
    dh = dx; // of the product
    if (wantParameters) {
      gradients.set(`${name}.gamma`, dgamma);
      gradients.set(`${name}.beta`, dbeta);
    }
    if (name === JOINED) break;
    if (wantParameters) gradients.set(`${name}.weight`, k.convFilterGradient(input, dx));
    dh = k.convInputGradient(dx, parameters.get(`${name}.weight`));
  }
  const joined = halveFilter(k, parameters.get(`${JOINED}.weight`));
  const dImageBranch = k.leakyReluGradient(k.convInputGradient(dh, joined.image), tape.imageBranch);
  if (!wantParameters) return k.convInputGradient(dImageBranch, parameters.get('image.weight'));

  const dSmall = k.reshape(planes.gather(dh), [dh.shape[0]!, 3, 3, dh.shape[3]!]);
  const dFilters = { image: k.convFilterGradient(tape.imageBranch, dh), label: k.convFilterGradient(tape.labelMap, dSmall) };
  gradients.set(`${JOINED}.weight`, joinFilters(k, dFilters));
  gradients.set('image.bias', k.biasGradient(dImageBranch));
  gradients.set('image.weight', k.convFilterGradient(tape.images, dImageBranch));
  const dRegions = k.leakyReluGradient(planes.gatherShrunk(k.convInputGradient(dSmall, joined.label)), tape.labelRegions);
  gradients.set('label.bias', k.biasGradient(dRegions));
  gradients.set('label.weight', planes.filterGradient(dRegions, tape.labels));
  return gradients;
}

interface Halves {
  image: Tensor;
  label: Tensor;
}

/** The filter of the layer in which both branches meet, [4, 4, 2c, o] -> what each branch meets, [4, 4, c, o]. */
function halveFilter(k: Kernels, filter: Tensor): Halves {
  const [channels, outputs] = [filter.shape[2]! / 2, filter.shape[3]!];
  const [image, label] = k.split(k.reshape(filter, [16, 2 * channels * outputs]), channels * outputs);
  const asFilter = (half: Tensor) => k.reshape(half, [4, 4, channels, outputs]);
  return { image: asFilter(image), label: asFilter(label) };
}

/** Undoes halveFilter. */
function joinFilters(k: Kernels, { image, label }: Halves): Tensor {
  const [, , channels, outputs] = image.shape as [number, number, number, number];
  const flat = (half: Tensor) => k.reshape(half, [16, channels * outputs]);
  return k.reshape(k.concat(flat(image), flat(label)), [4, 4, 2 * channels, outputs]);
}
