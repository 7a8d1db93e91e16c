// Kernels on WebGPU: those of tfjs, but for the filter gradient.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels.ts';
import { replaceKernel } from '../tfjs/replace-kernel.ts';
import { createTfjsKernels } from '../tfjs/tfjs.ts';
import { webgpuFilterGradient } from './filter-gradient.ts';

/** Needs WebGPU to be tfjs's current backend. */
export function createWebgpuKernels(tf: typeof tfjs): Kernels {
  replaceKernel(tf, 'Conv2DBackpropFilter', ({ x, dy }) => webgpuFilterGradient(tf, x!, dy!));
  return createTfjsKernels(tf);
}
