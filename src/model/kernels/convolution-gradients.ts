// Room: model/kernels. The two convolution gradients for kernel 4, stride 2, 'same' padding (padding 1), out of operations
// that tfjs's backends do fast: plain convolutions and untransposed products. WebAssembly lacks the filter gradient and has
// a naive input gradient; WebGPU's filter gradient gives one thread to each weight, which leaves a large GPU idle.

import type * as tfjs from '@tensorflow/tfjs-core';

type Tf = typeof tfjs;
type Image = tfjs.Tensor4D;

const REPLACED = { wasm: ['Conv2DBackpropInput', 'Conv2DBackpropFilter'], webgpu: ['Conv2DBackpropFilter'] } as const;

/** Registers what the backend lacks or does slowly. Call once, before the first of them runs. */
export function registerConvolutionGradients(tf: Tf, backendName: keyof typeof REPLACED): void {
  const gradients = {
    Conv2DBackpropInput: ({ dy, filter }: Record<string, Image>) => inputGradient(tf, dy!, filter!),
    Conv2DBackpropFilter: ({ x, dy }: Record<string, Image>) => filterGradient(tf, x!, dy!),
  };
  for (const kernelName of REPLACED[backendName]) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs }) => tf.tidy(() => gradients[kernelName](inputs as unknown as Record<string, Image>)),
    });
  }
}

/**
 * dy [B, h, w, o], filter [4, 4, i, o] -> [B, 2h, 2w, i]. Along each axis an even place 2p gets dy[p] through tap 1 and
 * dy[p - 1] through tap 3; an odd one 2p + 1 gets dy[p + 1] through tap 0 and dy[p] through tap 2. That makes four
 * 2 x 2 convolutions, one for each parity of row and column, whose results interleave.
 */
function inputGradient(tf: Tf, dy: Image, filter: Image): tfjs.Tensor {
  const [batch, height, width, outputs] = dy.shape;
  const inputs = filter.shape[2];
  const padded = tf.pad(dy, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const taps = [
    [3, 1],
    [2, 0],
  ];
  const flipped = tf.transpose(filter, [0, 1, 3, 2]); // [4, 4, o, i]
  const parts: tfjs.Tensor4D[] = [];
  for (const row of [0, 1]) {
    for (const column of [0, 1]) {
      const rows = tf.concat(
        taps[row]!.map((tap) => tf.slice(flipped, [tap, 0, 0, 0], [1, 4, outputs, inputs])),
        0,
      );
      const kernel = tf.concat(
        taps[column]!.map((tap) => tf.slice(rows, [0, tap, 0, 0], [2, 1, outputs, inputs])),
        1,
      ) as tfjs.Tensor4D;
      const window = tf.slice(padded, [0, row, column, 0], [batch, height + 1, width + 1, outputs]) as Image;
      parts.push(tf.conv2d(window, kernel, 1, 'valid')); // [B, h, w, i]
    }
  }
  const rowPairs = [tf.concat(parts.slice(0, 2), 3), tf.concat(parts.slice(2), 3)]; // [B, h, w, 2i]: both columns side by side
  const lines = rowPairs.map((pair) => tf.reshape(pair, [batch, height, 1, 2 * width * inputs]));
  return tf.reshape(tf.concat(lines, 2), [batch, 2 * height, 2 * width, inputs]);
}

/**
 * x [B, 2h, 2w, i], dy [B, h, w, o] -> [4, 4, i, o]: every 4 x 4 patch of the padded picture, as columns, times dy.
 * The picture is brought to [2, 2, i] x [B, h + 1, w + 1] once; a patch is then four shifted windows of it.
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
