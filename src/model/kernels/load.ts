// Room: model/kernels. From the chosen backend to kernels that are ready to run.

import type { RunConfig } from '../../experiment/schema.ts';
import type { BackendChoice } from '../../results/records.ts';
import { loadBackend } from '../backend.ts';
import { registerConvolutionGradients } from './convolution-gradients.ts';
import type { Binding } from './eager.ts';
import type { Kernels } from './kernels.ts';
import { checkPrecision } from './precision.ts';
import { createTensorflowKernels } from './tensorflow.ts';
import { createTfjsKernels } from './tfjs.ts';
import { createWasmKernels } from './wasm.ts';

/** Throws one clear line where the backend cannot be loaded or cannot compute in this precision. */
export async function loadKernels(choice: BackendChoice, precision: RunConfig['training']['precision']): Promise<Kernels> {
  checkPrecision(choice, precision);
  const { tf } = await loadBackend(choice);
  if (choice.name === 'tensorflow') {
    const { binding, isUsingGpuDevice } = tf.backend() as unknown as { binding: Binding; isUsingGpuDevice: boolean };
    return createTensorflowKernels(binding, { precision, onGpu: isUsingGpuDevice });
  }
  registerConvolutionGradients(tf, choice.name);
  return choice.name === 'wasm' ? createWasmKernels(tf) : createTfjsKernels(tf);
}
