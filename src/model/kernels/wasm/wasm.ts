// Kernels on WebAssembly: those of tfjs, and our own where tfjs composes many passes over the memory or has
// only a naive loop.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels.ts';
import { createTfjsKernels } from '../tfjs/tfjs.ts';
import { createWasmActivations } from './activations.ts';
import { createWasmAdam } from './adam.ts';
import { createWasmBatchNorm } from './batch-norm.ts';
import { createWasmMatMul } from './products.ts';

/** Needs WebAssembly to be tfjs's current backend, with its convolution gradients registered. */
export function createWasmKernels(tf: typeof tfjs): Kernels {
  return {
    ...createTfjsKernels(tf, createWasmAdam(tf)),
    ...createWasmActivations(tf),
    ...createWasmBatchNorm(tf),
    matMul: createWasmMatMul(tf),
  };
}
