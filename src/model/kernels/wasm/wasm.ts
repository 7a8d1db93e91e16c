// Kernels on WebAssembly: those of tfjs, and our own where tfjs composes many passes over the memory or has
// only a naive loop.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels.ts';
import { replaceKernel } from '../tfjs/replace-kernel.ts';
import { createTfjsKernels } from '../tfjs/tfjs.ts';
import { createWasmActivations } from './activations.ts';
import { createWasmAdam } from './adam.ts';
import { createWasmBatchNorm } from './batch-norm.ts';
import { wasmFilterGradient } from './filter-gradient.ts';
import { wasmInputGradient } from './input-gradient.ts';
import { createWasmMatMul } from './products.ts';
import { createWasmSums } from './sums.ts';

/** Needs WebAssembly to be tfjs's current backend. */
export function createWasmKernels(tf: typeof tfjs): Kernels {
  replaceKernel(tf, 'Conv2DBackpropInput', ({ dy, filter }) => wasmInputGradient(tf, dy!, filter!));
  replaceKernel(tf, 'Conv2DBackpropFilter', ({ x, dy }) => wasmFilterGradient(tf, { x: x!, dy: dy! }));
  return {
    ...createTfjsKernels(tf, createWasmAdam(tf)),
    ...createWasmActivations(tf),
    ...createWasmBatchNorm(tf),
    ...createWasmSums(tf),
    matMul: createWasmMatMul(tf),
  };
}
