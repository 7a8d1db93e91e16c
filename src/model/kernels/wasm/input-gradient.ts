// The input gradient of a convolution (kernel 4, stride 2, padding 1) on WebAssembly, out of XNNPACK's
// convolutions: dy [B, h, w, o], filter [4, 4, i, o] -> [B, 2h, 2w, i].
//
// Along each axis an even place 2p gets dy[p - 1] through tap 3 and dy[p] through tap 1; an odd one 2p + 1 gets dy[p] through
// tap 2 and dy[p + 1] through tap 0. So each parity of row and column is a 2 x 2 convolution of its own.

import type * as tfjs from '@tensorflow/tfjs-core';
import { copyRuns, openWasmMemory, scatter } from './memory.ts';

type Tf = typeof tfjs;
type Parity = 0 | 1;

/** Taps of the two places that a 2 x 2 convolution sees, by parity of the output. */
const TAPS = [
  [3, 1],
  [2, 0],
] as const;

/** Of two equal forms the one that is faster for the shape; see bench/README.md. */
export function wasmInputGradient(tf: Tf, dy: tfjs.Tensor4D, filter: tfjs.Tensor4D): tfjs.Tensor {
  return filter.shape[2] < 8 ? asOneConvolution(tf, dy, filter) : asFourConvolutions(tf, dy, filter);
}

/** The four parities one by one, interleaved. */
export function asFourConvolutions(tf: Tf, dy: tfjs.Tensor4D, filter: tfjs.Tensor4D): tfjs.Tensor {
  const { allocate, views, start } = openWasmMemory(tf);
  const [batch, height, width, outputs] = dy.shape;
  const inputs = filter.shape[2];
  const dx = allocate([batch, 2 * height, 2 * width, inputs]);
  for (const row of [0, 1] as const) {
    for (const column of [0, 1] as const) {
      const kernel = allocate([2, 2, outputs, inputs]) as tfjs.Tensor4D;
      cutKernel(views().floats, { from: start(filter), to: start(kernel), inputs, outputs, parities: [[row, column]] });
      const part = tf.conv2d(dy, kernel, 1, [
        [0, 0],
        [1 - row, row],
        [1 - column, column],
        [0, 0],
      ]);
      const memory = views();
      for (let line = 0; line < batch * height; line++) {
        const from = start(part) + line * width * inputs;
        const to = start(dx) + ((2 * line + row) * 2 * width + column) * inputs;
        copyRuns(memory, { runs: width, length: inputs, from, fromStep: inputs, to, toStep: 2 * inputs });
      }
      tf.dispose([kernel, part]);
    }
  }
  return dx;
}

/**
 * All parities as channels of one convolution, for few channels, which would fill XNNPACK's eight columns badly four times.
 * With padding 1 on every side, place (r, c) of (h + 1) x (w + 1) sees what rows 2r - 1 and 2r and columns 2c - 1 and 2c need.
 */
export function asOneConvolution(tf: Tf, dy: tfjs.Tensor4D, filter: tfjs.Tensor4D): tfjs.Tensor {
  const { allocate, values, views, start } = openWasmMemory(tf);
  const [batch, height, width, outputs] = dy.shape;
  const inputs = filter.shape[2];
  const kernel = allocate([2, 2, outputs, 4 * inputs]) as tfjs.Tensor4D;
  const parities: [Parity, Parity][] = [
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ];
  cutKernel(views().floats, { from: start(filter), to: start(kernel), inputs, outputs, parities });
  const blocks = tf.conv2d(dy, kernel, 1, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]); // [B, h + 1, w + 1, 2, 2, i]
  const dx = allocate([batch, 2 * height, 2 * width, inputs]);
  const [source, target] = [values(blocks), values(dx)];
  let write = 0;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < 2 * height; y++) {
      const line = image * (height + 1) + ((y + 1) >> 1);
      const half = (1 - (y & 1)) * 2 * inputs;
      for (let x = 0; x < 2 * width; x++) {
        const read = (line * (width + 1) + ((x + 1) >> 1)) * 4 * inputs + half + (1 - (x & 1)) * inputs;
        for (let i = 0; i < inputs; i++) target[write + i] = source[read + i]!;
        write += inputs;
      }
    }
  }
  return dx;
}

/** filter [4, 4, i, o] -> [2, 2, o, parities * i] */
function cutKernel(floats: Float32Array, { from, to, inputs, outputs, parities }: Cut): void {
  const columnStep = parities.length * inputs;
  for (let tap = 0; tap < 4; tap++) {
    parities.forEach(([row, column], group) => {
      const read = from + (4 * TAPS[row][tap >> 1]! + TAPS[column][tap & 1]!) * inputs * outputs;
      const write = to + tap * outputs * columnStep + group * inputs;
      scatter(floats, { from: read, rows: inputs, rowStep: outputs, columns: outputs, to: write, columnStep });
    });
  }
}

interface Cut {
  from: number;
  to: number;
  inputs: number;
  outputs: number;
  parities: readonly (readonly [Parity, Parity])[];
}
