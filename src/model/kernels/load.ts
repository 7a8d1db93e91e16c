// Room: model/kernels. From the chosen backend to kernels that are ready to run.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { type BackendChoice, checkPrecision } from '../../machine/backend.ts';
import { describeProcessor } from '../../machine/processor.ts';
import type { Kernels } from './kernels.ts';
import { loadBackend } from './load-backend.ts';
import { chooseForms, type FormsName } from './tensorflow/forms.ts';
import type { Binding } from './tensorflow/handles.ts';
import { createTensorflowKernels } from './tensorflow/tensorflow.ts';
import { registerConvolutionGradients } from './tfjs/convolution-gradients.ts';
import { createTfjsKernels } from './tfjs/tfjs.ts';
import { createWasmKernels } from './wasm/wasm.ts';

/** Throws one clear line where the backend cannot be loaded or cannot compute in this precision. */
export async function loadKernels(
  choice: BackendChoice,
  precision: RunConfig['training']['precision'],
  forms: FormsName = chooseForms(describeProcessor().class),
): Promise<Kernels> {
  checkPrecision(choice, precision);
  const { tf } = await loadBackend(choice);
  if (choice.name === 'tensorflow') {
    const { binding, isUsingGpuDevice } = tf.backend() as unknown as { binding: Binding; isUsingGpuDevice: boolean };
    return createTensorflowKernels(binding, { precision, forms, onGpu: isUsingGpuDevice });
  }
  registerConvolutionGradients(tf, choice.name);
  return choice.name === 'wasm' ? createWasmKernels(tf) : createTfjsKernels(tf);
}
