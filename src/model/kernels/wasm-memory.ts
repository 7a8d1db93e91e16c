// Room: model/kernels. The memory of tfjs's WebAssembly backend as typed arrays, for the loops that we write ourselves.

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensor } from './kernels.ts';

export interface WasmMemory {
  /** A tensor of unset values, in the current scope. */
  allocate(shape: readonly number[]): tfjs.Tensor;
  /** A tensor's values in place. The view is dead after the next allocation, which may move the memory: take it last. */
  values(tensor: Tensor): Float32Array;
}

/** Needs WebAssembly to be tfjs's current backend. */
export function openWasmMemory(tf: typeof tfjs): WasmMemory {
  const backend = tf.backend() as BackendWasm;
  return {
    allocate: (shape) => tf.engine().makeTensorFromTensorInfo(backend.makeOutput([...shape], 'float32')),
    values: (tensor) => backend.typedArrayFromHeap(tensor as tfjs.Tensor) as Float32Array,
  };
}

/**
 * [outer, rows, columns, block] -> [outer, columns, rows, block]. Works through a few columns at a time, so that the lines
 * that it writes stay in the processor's cache.
 */
export function swapAxes(
  source: Float32Array,
  target: Float32Array,
  { outer = 1, rows, columns, block = 1 }: { outer?: number; rows: number; columns: number; block?: number },
): void {
  const tile = 16;
  for (let o = 0; o < outer; o++) {
    const start = o * rows * columns * block;
    for (let from = 0; from < columns; from += tile) {
      const to = Math.min(columns, from + tile);
      for (let row = 0; row < rows; row++) {
        let read = start + (row * columns + from) * block;
        for (let column = from; column < to; column++) {
          const write = start + (column * rows + row) * block;
          for (let i = 0; i < block; i++) target[write + i] = source[read + i]!;
          read += block;
        }
      }
    }
  }
}
