// Kernels on WebGPU: those of tfjs, but for the filter gradient. tfjs's own gives one thread to each weight, which leaves a large GPU
// idle; here it is one product.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels.ts';
import { replaceKernel } from '../tfjs/replace-kernel.ts';
import { createTfjsKernels } from '../tfjs/tfjs.ts';

type Tf = typeof tfjs;
type Image = tfjs.Tensor4D;

/** Needs WebGPU to be tfjs's current backend. */
export function createWebgpuKernels(tf: Tf): Kernels {
  replaceKernel(tf, 'Conv2DBackpropFilter', ({ x, dy }) => filterGradient(tf, x!, dy!));
  return createTfjsKernels(tf);
}

/**
 * The filter gradient of a convolution with kernel 4, stride 2, padding 1: x [B, 2h, 2w, i], dy [B, h, w, o] -> [4, 4, i, o]. That is
 * every 4 x 4 patch of the padded picture, as columns, times dy. The picture is brought to [2, 2, i] x [B, h + 1, w + 1] once; a patch is
 * then four shifted windows of it.
 */
function filterGradient(tf: Tf, x: Image, dy: Image): tfjs.Tensor {
  const [batch, height, width, outputs] = dy.shape;
  const inputs = x.shape[3];
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const split = tf.reshape(padded, [batch * (height + 1), 2, width + 1, 2 * inputs]);
  const byPhase = tf.transpose(split, [1, 3, 0, 2]); // [row parity, column parity and channel, B * (h + 1), w + 1]
  const cells = tf.reshape(byPhase, [4 * inputs, batch, height + 1, width + 1]);
  const positions = batch * height * width;
  const windows: tfjs.Tensor2D[] = [];
  for (const row of [0, 1]) {
    for (const column of [0, 1]) {
      windows.push(tf.reshape(tf.slice(cells, [0, 0, row, column], [4 * inputs, batch, height, width]), [4 * inputs, positions]));
    }
  }
  const patches = tf.concat(windows, 0); // [(row, column, row parity, column parity, i), positions]
  const product = tf.matMul(patches, tf.reshape(dy, [positions, outputs]) as tfjs.Tensor2D);
  const byShift = tf.reshape(product, [2, 2, 2, 2, inputs * outputs]); // tap row = 2 * row + row parity
  return tf.reshape(tf.transpose(byShift, [0, 2, 1, 3, 4]), [4, 4, inputs, outputs]);
}
