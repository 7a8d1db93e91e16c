// The two convolution gradients for kernel 4, stride 2, 'same' padding (padding 1), registered where a
// backend of tfjs lacks them or does them slowly. WebAssembly lacks the filter gradient and has a naive input gradient;
// WebGPU's filter gradient gives one thread to each weight, which leaves a large GPU idle.

import type * as tfjs from '@tensorflow/tfjs-core';
import { wasmFilterGradient } from '../wasm/filter-gradient.ts';
import { wasmInputGradient } from '../wasm/input-gradient.ts';

type Tf = typeof tfjs;
type Image = tfjs.Tensor4D;
type Gradient = (tf: Tf, inputs: Record<string, Image>) => tfjs.Tensor;

const REPLACED: Record<'wasm' | 'webgpu', Record<string, Gradient>> = {
  wasm: {
    Conv2DBackpropInput: (tf, { dy, filter }) => wasmInputGradient(tf, dy!, filter!),
    Conv2DBackpropFilter: (tf, { x, dy }) => wasmFilterGradient(tf, { x: x!, dy: dy! }),
  },
  webgpu: { Conv2DBackpropFilter: (tf, { x, dy }) => webgpuFilterGradient(tf, x!, dy!) },
};

/** Registers what the backend lacks or does slowly. Call once, before the first of them runs. */
export function registerConvolutionGradients(tf: Tf, backendName: keyof typeof REPLACED): void {
  for (const [kernelName, gradient] of Object.entries(REPLACED[backendName])) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs }) => tf.tidy(() => gradient(tf, inputs as unknown as Record<string, Image>)),
    });
  }
}

/**
 * x [B, 2h, 2w, i], dy [B, h, w, o] -> [4, 4, i, o]: every 4 x 4 patch of the padded picture, as columns, times dy.
 * The picture is brought to [2, 2, i] x [B, h + 1, w + 1] once; a patch is then four shifted windows of it.
 */
function webgpuFilterGradient(tf: Tf, x: Image, dy: Image): tfjs.Tensor {
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
