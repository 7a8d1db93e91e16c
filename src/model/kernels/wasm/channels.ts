// Statistics and broadcasts along the last axis on WebAssembly, in forms for which XNNPACK has vector loops.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensor } from '../kernels.ts';
import { openWasmMemory } from './memory.ts';

type Tf = typeof tfjs;

/** Rows of at least so many values keep the price of starting a row small. */
const WIDE = 256;

/**
 * Means over all but the last axis of `shape`. Average pooling sums each picture's channels with vector instructions, in float32,
 * where tfjs's own sum would transpose first; the pictures are averaged in double precision.
 */
export function channelMeans(tf: Tf, x: Tensor, shape = x.shape): Float64Array {
  const [pictures, channels] = [shape[0]!, shape.at(-1)!];
  const places = shape.slice(1, -1).reduce((a, b) => a * b, 1);
  const pooled = tf.tidy(() => {
    const columns = tf.reshape(x as tfjs.Tensor, [pictures, places, 1, channels]) as tfjs.Tensor4D;
    return tf.avgPool(columns, [places, 1], 1, 'valid');
  });
  const values = openWasmMemory(tf).values(pooled);
  const means = new Float64Array(channels);
  for (let row = 0; row < pictures; row++) for (let c = 0; c < channels; c++) means[c]! += values[row * channels + c]! / pictures;
  pooled.dispose();
  return means;
}

/** x with several rows side by side, and channels repeated alike, for broadcasts of one over the other. */
export function widen(tf: Tf, x: Tensor): { x: tfjs.Tensor; repeat(channels: ArrayLike<number>): tfjs.Tensor } {
  const channels = x.shape.at(-1)!;
  const rows = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  let copies = 1;
  while (copies * channels < WIDE && rows % (2 * copies) === 0) copies *= 2;
  return {
    x: tf.reshape(x as tfjs.Tensor, [rows / copies, copies * channels]),
    repeat(values) {
      const repeated = new Float32Array(copies * channels);
      for (let copy = 0; copy < copies; copy++) repeated.set(values, copy * channels);
      return tf.tensor1d(repeated);
    },
  };
}
