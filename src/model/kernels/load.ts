// From the chosen backend to kernels that are ready to run.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { type BackendChoice, type BackendKind, checkPrecision } from '../../machine/backend.ts';
import { type Gpu, listGpus } from '../../machine/gpus.ts';
import { describeMemory } from '../../machine/memory.ts';
import { describeProcessor } from '../../machine/processor.ts';
import type { Kernels } from './kernels.ts';
import { loadBackend } from './load-backend.ts';
import { chooseForms, type FormsName } from './tensorflow/forms.ts';
import type { Binding } from './tensorflow/handles.ts';
import { createTensorflowKernels } from './tensorflow/tensorflow.ts';
import { createWasmKernels } from './wasm/wasm.ts';
import { Device } from './webgpu/device.ts';
import { createWebgpuKernels } from './webgpu/webgpu.ts';

/** What was really loaded. */
export interface LoadedEngine {
  kernels: Kernels;
  /** Further kernels on the same backend, in float32, whose parameters and compiled functions are apart from those of `kernels`. */
  float32: () => Kernels;
  kind: BackendKind;
  /** e.g. "TensorFlow 2.21.0" */
  version: string;
  /** null on other backends than TensorFlow. */
  forms: FormsName | null;
}

export async function loadKernels(choice: BackendChoice, precision: RunConfig['training']['precision']): Promise<Kernels> {
  return (await loadEngine(choice, precision, chooseForms(describeProcessor()))).kernels;
}

/**
 * On a GPU the forms are its own. A process computes float32 as TF32 or not for good: the first call decides. Throws one clear line where the backend cannot be loaded or cannot compute in this precision.
 */
export async function loadEngine(
  choice: BackendChoice,
  precision: RunConfig['training']['precision'],
  forms: FormsName,
): Promise<LoadedEngine> {
  checkPrecision(choice, precision);
  if (choice.name === 'webgpu') {
    const kernels = createWebgpuKernels(await Device.open());
    return { kernels, float32: () => kernels, kind: choice.name, version: choice.version, forms: null };
  }
  // CUDA's libraries read it when they are loaded; without it they compute float32 as TF32 on cards since 2020.
  if (precision !== 'tf32') process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const { tf } = await loadBackend({ name: choice.name });
  if (choice.name === 'tensorflow') {
    const backend = tf.backend() as unknown as { binding: Binding; isUsingGpuDevice: boolean };
    const { binding, isUsingGpuDevice: onGpu } = backend;
    const pictureBytes = onGpu ? roomForPictures(await listGpus(), describeMemory().freeBytes) : 0;
    const create = (precision: Kernels['precision']) => createTensorflowKernels(binding, { precision, forms, onGpu, pictureBytes });
    return {
      kernels: create(precision === 'bfloat16' ? 'bfloat16' : 'float32'),
      float32: () => create('float32'),
      kind: onGpu ? 'tensorflow cuda' : 'tensorflow cpu',
      version: `TensorFlow ${binding.TF_Version}`,
      forms: onGpu ? 'own' : forms,
    };
  }
  const kernels = createWasmKernels(tf);
  return { kernels, float32: () => kernels, kind: choice.name, version: choice.version, forms: null };
}

/** Of a card, for pictures that stay there: several runs may share it, and each brings its own. */
const SHARE_FOR_PICTURES = 0.1;
/** Where nvidia-smi does not tell how large the card is. */
const ROOM_OF_UNKNOWN_CARD = 512 * 2 ** 20;

/** Of the computer's free memory: there they are once, on their way. */
const SHARE_ON_THE_WAY = 0.25;

/** Bytes of pictures that may lie on the smallest of the visible cards. */
export function roomForPictures(gpus: readonly Pick<Gpu, 'memoryBytes'>[], freeMemoryBytes: number): number {
  const sizes = gpus.map(({ memoryBytes }) => memoryBytes).filter((bytes) => bytes !== null);
  const onCard = sizes.length === 0 ? ROOM_OF_UNKNOWN_CARD : SHARE_FOR_PICTURES * Math.min(...sizes);
  return Math.min(onCard, SHARE_ON_THE_WAY * freeMemoryBytes);
}
