// Kernels of every backend that this machine can run, for tests that compare them with tfjs's own reference on the CPU.

import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { chooseBackend } from '../../src/machine/backend.ts';
import { findTfjs } from '../../src/machine/installation.ts';
import { describeProcessor } from '../../src/machine/processor.ts';
import type { Kernels } from '../../src/model/kernels/kernels.ts';
import { loadKernels } from '../../src/model/kernels/load.ts';
import { chooseForms } from '../../src/model/kernels/tensorflow/forms.ts';
import type { Binding } from '../../src/model/kernels/tensorflow/handles.ts';
import { createTensorflowKernels } from '../../src/model/kernels/tensorflow/tensorflow.ts';
import { createTfjsKernels } from '../../src/model/kernels/tfjs/tfjs.ts';
import { createWasmKernels } from '../../src/model/kernels/wasm/wasm.ts';

const require = createRequire(import.meta.url);

export type BackendName = 'cpu' | 'wasm' | 'webgpu' | 'tensorflow' | 'tensorflow bfloat16';
export const BACKENDS: BackendName[] = ['wasm', 'webgpu', 'tensorflow', 'tensorflow bfloat16'];

/** Chromium's software GPU, so that WebGPU is tested where there is none. Set before Dawn loads. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** One device: its pipelines are slow to make where a processor plays the GPU. */
let webgpu: Promise<Kernels> | undefined;

/** Runs `work` with the kernels of one backend. tfjs has one active backend at a time. */
export async function withKernels<T>(backend: BackendName, work: (k: Kernels) => Promise<T>): Promise<T> {
  if (backend === 'wasm' && !tf.findBackend('wasm')) {
    setWasmPaths(`${require.resolve('@tensorflow/tfjs-backend-wasm/package.json').replace('package.json', 'dist/')}`);
  }
  if (backend === 'webgpu') {
    process.env.VK_ICD_FILENAMES ??= SWIFTSHADER;
    webgpu ??= loadKernels(await chooseBackend({ ...process.env, FACET_BACKEND: 'webgpu' }), 'float32');
    return work(await webgpu);
  }
  if (backend.startsWith('tensorflow')) {
    const precision = backend === 'tensorflow' ? 'float32' : 'bfloat16';
    return withTensorflow((binding) => work(createTensorflowKernels(binding, { precision, forms: chooseForms(describeProcessor()) })));
  }
  await tf.setBackend(backend);
  return work(backend === 'wasm' ? createWasmKernels(tf) : createTfjsKernels(tf));
}

/** Runs `work` with the addon itself. */
export async function withTensorflow<T>(work: (binding: Binding) => Promise<T>): Promise<T> {
  process.env.TF_CPP_MIN_LOG_LEVEL = '3';
  const node = require(findTfjs()!) as typeof tf;
  await node.setBackend('tensorflow');
  return work((node.backend() as unknown as { binding: Binding }).binding);
}

/** Largest difference as a share of the largest reference value. */
export function relativeError(values: Float32Array, reference: Float32Array): number {
  if (values.length !== reference.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  reference.forEach((expected, i) => {
    largest = Math.max(largest, Math.abs(expected));
    // NaN must not compare as small.
    difference = Math.max(difference, Number.isNaN(values[i]!) ? Number.POSITIVE_INFINITY : Math.abs(values[i]! - expected));
  });
  return difference / largest;
}

/** Of the angle between two vectors; NaN where one is zero. */
export function cosineOf(a: Float32Array, b: Float32Array): number {
  let product = 0;
  a.forEach((value, i) => {
    product += value * b[i]!;
  });
  return product / (Math.hypot(...a) * Math.hypot(...b));
}
