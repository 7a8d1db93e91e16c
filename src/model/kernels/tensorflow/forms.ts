// (pure) In which form TensorFlow computes each convolution: a fixed table for each class of processor, from measurements
// (docs/decisions/004, npm run bench:forms). Nothing is timed at the start of a run, because another form rounds differently and a
// run must repeat bit for bit. A row of an existing table may not change: runs that began with it go on with it.

import type { Processor } from '../../../machine/processor.ts';

/** A convolution with kernel 4 and stride 2 from x [batch, 2 height, 2 width, inputs] to y [batch, height, width, outputs]. */
export interface ConvolutionSize {
  batch: number;
  height: number;
  width: number;
  inputs: number;
  outputs: number;
}

/**
 * own: TensorFlow's operation, which is oneDNN's. patches: all patches of x as rows, then one product. windows: a 2x2 convolution
 * over dy, each window of which gives 2x2 pixels of dx. fold: products of dy with the filter, added up where they overlap.
 */
export interface Forms {
  /** In what convolutions and products of bfloat16 are computed; their results are bfloat16 either way. */
  bfloat16: Precision;
  conv(size: ConvolutionSize, precision: Precision): 'own' | 'patches';
  filterGradient(size: ConvolutionSize, precision: Precision): 'own' | 'patches';
  inputGradient(size: ConvolutionSize, precision: Precision): 'own' | 'windows' | 'fold';
}

type Precision = 'float32' | 'bfloat16';

/** Names of tables, as a run's record keeps them. own: on a GPU, where cuDNN has all forms in itself. */
export type FormsName = 'avx2' | 'avx512' | 'avx512 without bfloat16' | 'amx' | 'own';

export function isFormsName(name: string): name is FormsName {
  return Object.hasOwn(FORMS, name);
}

export function chooseForms({ class: processorClass, hasBfloat16 }: Pick<Processor, 'class' | 'hasBfloat16'>): FormsName {
  if (processorClass === 'avx2' || processorClass === 'amx') return processorClass;
  return hasBfloat16 ? 'avx512' : 'avx512 without bfloat16';
}

/** Weights for each position of y: with many, oneDNN's convolutions lose to patches and a product. */
const weightsPerPosition = ({ batch, height, width, inputs, outputs }: ConvolutionSize) =>
  (16 * inputs * outputs) / (batch * height * width);

const PATCHES_FROM = {
  conv: { float32: 4096, bfloat16: Number.POSITIVE_INFINITY },
  filterGradient: { float32: 1024, bfloat16: 512 },
};

/** Measured over widths 64 to 512 with AVX-512 and bfloat16. */
const avx512: Forms = {
  bfloat16: 'bfloat16',
  conv: (size, precision) => (weightsPerPosition(size) >= PATCHES_FROM.conv[precision] ? 'patches' : 'own'),
  filterGradient: (size, precision) => (weightsPerPosition(size) >= PATCHES_FROM.filterGradient[precision] ? 'patches' : 'own'),
  inputGradient: () => 'own',
};

const weights = ({ inputs, outputs }: ConvolutionSize) => 16 * inputs * outputs;

/**
 * Measured over widths 32 to 512, batches of 16 to 64. What decides here is whether the filter fits into the caches, not how often
 * it is used. oneDNN's gradients to few channels, those of pictures, take twice as long as windows. There are no instructions for
 * bfloat16, which TensorFlow would compute in software.
 */
const avx2: Forms = {
  bfloat16: 'float32',
  conv: (size) => (weights(size) >= 2 ** 22 ? 'patches' : 'own'),
  filterGradient: (size) => (weights(size) >= 2 ** 21 ? 'patches' : 'own'),
  inputGradient(size) {
    if (size.inputs <= 4) return 'windows';
    return weights(size) >= 2 ** 21 ? 'fold' : 'own';
  },
};

export const FORMS: Record<FormsName, Forms> = {
  avx2,
  avx512,
  'avx512 without bfloat16': { ...avx512, bfloat16: 'float32' },
  amx: avx512,
  own: { bfloat16: 'bfloat16', conv: () => 'own', filterGradient: () => 'own', inputGradient: () => 'own' },
};
