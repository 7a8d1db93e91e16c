// Sums over axes, and their reverse, on WebAssembly, in forms for which XNNPACK has vector loops.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Kernels, Tensor } from '../kernels.ts';

type Tf = typeof tfjs;

/** Pooling keeps one row of sums on a stack of 64 KB, and writes past it without a word where the row is longer. */
const WIDEST_POOLING = 4096;

export function createWasmSums(tf: Tf): Pick<Kernels, 'sum' | 'spread'> {
  const own = (x: Tensor): tfjs.Tensor => x as tfjs.Tensor;
  return {
    // tfjs's own sum would first transpose to bring the axes to the end.
    sum: (x, axes) => tf.tidy(() => sumByPooling(tf, own(x), axes) ?? tf.sum(own(x), [...axes], true)),
    // tfjs repeats by a naive loop, which takes sixty times as long.
    spread: (x, shape) => tf.tidy(() => tf.add(own(x), tf.fill([...shape], 0))),
  };
}

/**
 * Where the axes follow one another and are not the last, and rows are short enough: average pooling times the number of terms. The first
 * axis goes by itself.
 */
function sumByPooling(tf: Tf, x: tfjs.Tensor, axes: readonly number[]): tfjs.Tensor | undefined {
  if (axes.includes(0) && axes.length > 1) {
    const pooled = sumByPooling(
      tf,
      x,
      axes.filter((axis) => axis !== 0),
    );
    return pooled && sumByPooling(tf, pooled, [0]);
  }
  const [first, last] = [Math.min(...axes), Math.max(...axes)];
  const size = (from: number, to: number) => x.shape.slice(from, to).reduce((a, b) => a * b, 1);
  const [outer, terms, inner] = [size(0, first), size(first, last + 1), size(last + 1, x.rank)];
  if (last - first + 1 !== axes.length || inner === 1 || inner > WIDEST_POOLING) return undefined;
  const means = tf.avgPool(tf.reshape(x, [outer, terms, 1, inner]) as tfjs.Tensor4D, [terms, 1], 1, 'valid');
  return tf.reshape(
    tf.mul(means, terms),
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}
