// The kernel distance between two sets of pictures, in the features of a network.

import { type Evaluator, withValue } from '../evaluator.ts';
import { type Multiply, multiplyOn } from './multiply.ts';

export const kernelDistance: Evaluator<KernelReference> = {
  names: ['kernelDistance'],
  usesOracle: true,
  prepare: ({ judged, count }, k) => prepareKernelDistance(judged!.features, count, multiplyOn(k)),
  async measure({ judged, count }, reference, k) {
    const distance = await measureKernelDistance(judged!.features, count, { reference, multiply: multiplyOn(k) });
    return withValue('kernelDistance', distance);
  },
};

/** Pictures of which all pairs are compared; larger sets are cut into blocks of about as many. */
const BLOCK = 1000;

interface Block {
  /** [count, size] */
  features: Float32Array;
  count: number;
  /** Mean of the kernel over all pairs of two different pictures. */
  within: number;
}

export type KernelReference = readonly Block[];

/** features [count, size] of real pictures. */
export function prepareKernelDistance(features: Float32Array, count: number, multiply: Multiply): Promise<KernelReference> {
  return cutBlocks(features, count, multiply);
}

/**
 * Binkowski et al. 2018, "Demystifying MMD GANs", section 4: the squared maximum mean discrepancy with the kernel (x y / size + 1)^3, by
 * its unbiased estimator, which may be a little below zero. Mean over blocks, each generated one against a real one: a block has at most
 * 1,000 pictures, so the work grows with their number and not with its square. NaN with fewer than two pictures, or features that are no
 * numbers.
 */
export async function measureKernelDistance(
  features: Float32Array,
  count: number,
  { reference, multiply }: { reference: KernelReference; multiply: Multiply },
): Promise<number> {
  const blocks = await cutBlocks(features, count, multiply);
  if (blocks.length === 0 || reference.length === 0) return Number.NaN;
  const pairs = Math.max(blocks.length, reference.length);
  const size = features.length / count;
  let sum = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const generated = blocks[pair % blocks.length]!;
    const real = reference[pair % reference.length]!;
    const products = await multiply(generated.features, real.features, size);
    sum += generated.within + real.within - (2 * sumKernel(products, size)) / products.length;
  }
  return sum / pairs;
}

/** Of nearly equal size, in the order of the pictures. */
async function cutBlocks(features: Float32Array, count: number, multiply: Multiply): Promise<Block[]> {
  if (count < 2) return [];
  const size = features.length / count;
  const number = Math.ceil(count / BLOCK);
  const blocks: Block[] = [];
  for (let i = 0; i < number; i++) {
    const [from, to] = [Math.floor((i * count) / number), Math.floor(((i + 1) * count) / number)];
    const block = features.subarray(from * size, to * size);
    blocks.push({ features: block, count: to - from, within: await meanWithin(block, size, multiply) });
  }
  return blocks;
}

async function meanWithin(features: Float32Array, size: number, multiply: Multiply): Promise<number> {
  const products = await multiply(features, features, size);
  const count = features.length / size;
  const diagonal = Float32Array.from({ length: count }, (_, i) => products[i * count + i]!);
  return (sumKernel(products, size) - sumKernel(diagonal, size)) / (count * (count - 1));
}

/** products: x y of pairs of features. */
function sumKernel(products: Float32Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < products.length; i++) {
    const value = products[i]! / size + 1;
    sum += value * value * value;
  }
  return sum;
}
