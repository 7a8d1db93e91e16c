// The memory of tfjs's WebAssembly backend, for what we copy ourselves. Arithmetic is better left to tfjs:
// XNNPACK's vector instructions do an addition in a fifth of the time that a loop of JavaScript takes to copy a number.

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensor } from '../kernels.ts';

/** The whole memory. Dead after the next allocation, which may move it: take it after all tensors are made. */
export interface Views {
  floats: Float32Array;
  /** The same bytes in pairs, for copies: a loop takes as long for two floats as for one. */
  doubles: Float64Array;
}

export interface WasmMemory {
  /** A tensor of unset values, in the current scope. */
  allocate(shape: readonly number[]): tfjs.Tensor;
  views(): Views;
  /** Where a tensor's values begin in `floats`; always even. */
  start(tensor: Tensor): number;
  /** A tensor's values in place; dead after the next allocation. */
  values(tensor: Tensor): Float32Array;
}

/** Needs WebAssembly to be tfjs's current backend. */
export function openWasmMemory(tf: typeof tfjs): WasmMemory {
  const backend = tf.backend() as BackendWasm;
  const values = (tensor: Tensor) => backend.typedArrayFromHeap(tensor as tfjs.Tensor) as Float32Array;
  return {
    allocate: (shape) => tf.engine().makeTensorFromTensorInfo(backend.makeOutput([...shape], 'float32')),
    views() {
      const { buffer } = (backend.wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8; // not in its types
      return { floats: new Float32Array(buffer), doubles: new Float64Array(buffer) };
    },
    start: (tensor) => backend.getMemoryOffset((tensor as tfjs.Tensor).dataId) / 4,
    values,
  };
}

export interface Runs {
  runs: number;
  /** Floats in each. */
  length: number;
  from: number;
  fromStep: number;
  to: number;
  toStep: number;
}

/** From this length on, a call of copyWithin is cheaper than a loop. */
const LONG_RUN = 32;

/** Copies equally spaced runs of floats. */
export function copyRuns({ floats, doubles }: Views, { runs, length, from, fromStep, to, toStep }: Runs): void {
  if (length >= LONG_RUN) {
    for (let run = 0, read = from, write = to; run < runs; run++, read += fromStep, write += toStep) {
      floats.copyWithin(write, read, read + length);
    }
  } else if ((length | from | fromStep | to | toStep) & 1) {
    for (let run = 0, read = from, write = to; run < runs; run++, read += fromStep, write += toStep) {
      for (let i = 0; i < length; i++) floats[write + i] = floats[read + i]!;
    }
  } else {
    const pairs = length / 2;
    for (let run = 0, read = from / 2, write = to / 2; run < runs; run++, read += fromStep / 2, write += toStep / 2) {
      for (let i = 0; i < pairs; i++) doubles[write + i] = doubles[read + i]!;
    }
  }
}

export interface Swap {
  from: number;
  to: number;
  outer?: number;
  rows: number;
  columns: number;
  block?: number;
}

/** [outer, rows, columns, block] at `from` -> [outer, columns, rows, block] at `to` */
export function swapAxes(views: Views, { from, to, outer = 1, rows, columns, block = 1 }: Swap): void {
  const size = rows * columns * block;
  for (let o = 0; o < outer; o++) {
    if (block === 1) {
      scatter(views.floats, { from: from + o * size, rows, rowStep: columns, columns, to: to + o * size, columnStep: rows });
      continue;
    }
    for (let row = 0; row < rows; row++) {
      const read = from + o * size + row * columns * block;
      const write = to + o * size + row * block;
      copyRuns(views, { runs: columns, length: block, from: read, fromStep: block, to: write, toStep: rows * block });
    }
  }
}

export interface Scatter {
  from: number;
  rows: number;
  rowStep: number;
  columns: number;
  to: number;
  columnStep: number;
}

/**
 * Rows of adjacent floats, `rowStep` apart, to columns of adjacent floats, `columnStep` apart. Four columns at a time: they share a
 * line of the cache, which powers of two as `rowStep` would otherwise throw out before its next float is read.
 */
export function scatter(floats: Float32Array, { from, rows, rowStep, columns, to, columnStep }: Scatter): void {
  let column = 0;
  for (; column + 4 <= columns; column += 4) {
    const first = to + column * columnStep;
    const second = first + columnStep;
    const third = second + columnStep;
    const fourth = third + columnStep;
    let read = from + column;
    for (let row = 0; row < rows; row++) {
      floats[first + row] = floats[read]!;
      floats[second + row] = floats[read + 1]!;
      floats[third + row] = floats[read + 2]!;
      floats[fourth + row] = floats[read + 3]!;
      read += rowStep;
    }
  }
  for (; column < columns; column++) {
    for (let row = 0; row < rows; row++) floats[to + column * columnStep + row] = floats[from + column + row * rowStep]!;
  }
}
