// The filter gradient of a convolution (kernel 4, stride 2, padding 1) on WebAssembly: all patches of the
// picture, as columns, times the gradient. The product is XNNPACK's, the patches are copied by loops over its memory.

import type * as tfjs from '@tensorflow/tfjs-core';
import { copyRuns, openWasmMemory, scatter, swapAxes, type Views } from './memory.ts';

/** 32 MiB of patches at a time: a batch that has more is done in parts, whose results are added. */
const PATCH_VALUES = 2 ** 23;

interface Part {
  /** Where the values begin that are read, and those that are written. */
  from: number;
  to: number;
  images: number;
  /** Of dy. */
  height: number;
  width: number;
  channels: number;
}

/** x [B, 2h, 2w, i], dy [B, h, w, o] -> [4, 4, i, o] */
export function wasmFilterGradient(
  tf: typeof tfjs,
  { x, dy }: { x: tfjs.Tensor4D; dy: tfjs.Tensor4D },
  patchValues = PATCH_VALUES,
): tfjs.Tensor {
  const { allocate, views, start } = openWasmMemory(tf);
  const [batch, height, width, outputs] = dy.shape;
  const channels = x.shape[3];
  const most = Math.max(1, Math.min(batch, Math.floor(patchValues / (16 * channels * height * width))));
  let sum: tfjs.Tensor | undefined;
  for (let from = 0; from < batch; from += most) {
    const part = { images: Math.min(most, batch - from), height, width, channels };
    const places = height * width * part.images;
    const patches = allocate([16 * channels, places]) as tfjs.Tensor2D;
    const cells = allocate([4, channels, height + 1, width + 1, part.images]);
    const byPlace = allocate([places, outputs]) as tfjs.Tensor2D;
    const memory = views();
    cutCells(memory.floats, { ...part, from: start(x) + from * 4 * height * width * channels, to: start(cells) });
    cutPatches(memory, { ...part, from: start(cells), to: start(patches) });
    const dyPart = start(dy) + from * height * width * outputs;
    swapAxes(memory, { from: dyPart, to: start(byPlace), rows: part.images, columns: height * width, block: outputs });
    const product = tf.matMul(patches, byPlace);
    sum = sum ? tf.add(sum, product) : product;
    tf.dispose([patches, cells, byPlace]);
  }
  return tf.reshape(sum!, [4, 4, channels, outputs]);
}

/** Images of x [B, 2h, 2w, i] -> [row parity, column parity, i, h + 1, w + 1, images], with the padding. */
function cutCells(floats: Float32Array, { from, to, images, height, width, channels }: Part): void {
  const image = 4 * height * width * channels;
  const plane = (height + 1) * (width + 1) * images;
  floats.fill(0, to, to + 4 * channels * plane);
  for (let y = 1; y <= 2 * height; y++) {
    for (let x = 1; x <= 2 * width; x++) {
      const pixel = from + ((y - 1) * 2 * width + x - 1) * channels;
      const parity = 2 * (y & 1) + (x & 1);
      const cell = to + parity * channels * plane + ((y >> 1) * (width + 1) + (x >> 1)) * images;
      scatter(floats, { from: pixel, rows: images, rowStep: image, columns: channels, to: cell, columnStep: plane });
    }
  }
}

/** Cells -> [4, 4, i, h, w, images]: what each tap sees at each place. A row of places is one run of cells. */
function cutPatches(views: Views, { from, to, images, height, width, channels }: Part): void {
  const line = (width + 1) * images;
  const run = width * images;
  let write = to;
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const parity = 2 * (row & 1) + (column & 1);
      for (let channel = 0; channel < channels; channel++) {
        const read = from + (parity * channels + channel) * (height + 1) * line + (row >> 1) * line + (column >> 1) * images;
        copyRuns(views, { runs: height, length: run, from: read, fromStep: line, to: write, toStep: run });
        write += height * run;
      }
    }
  }
}
