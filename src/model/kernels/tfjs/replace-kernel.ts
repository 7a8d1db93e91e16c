// Puts a function of our own where a backend of tfjs lacks a kernel or has a slow one.

import type * as tfjs from '@tensorflow/tfjs-core';

/** Registers `compute` for the current backend, in place of what is there. It frees nothing: what it leaves in between is freed for it. */
export function replaceKernel(tf: typeof tfjs, kernelName: string, compute: (inputs: Record<string, tfjs.Tensor4D>) => tfjs.Tensor): void {
  const backendName = tf.getBackend();
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs }) => tf.tidy(() => compute(inputs as unknown as Record<string, tfjs.Tensor4D>)),
  });
}
