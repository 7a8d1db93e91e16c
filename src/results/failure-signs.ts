// (pure) What an error message or a line of a log tells about a failure. Both the trainer and the runner read them.

import type { Failure } from './records.ts';

/** The failure that a text names, or null where it names none that is known. Of several the first in the text counts most. */
export function recogniseFailure(text: string): Extract<Failure, 'out-of-memory' | 'out-of-gpu-memory' | 'no-space'> | null {
  let found: { at: number; failure: ReturnType<typeof recogniseFailure> } | null = null;
  for (const [failure, sign] of SIGNS) {
    const at = text.search(sign);
    if (at !== -1 && (found === null || at < found.at)) found = { at, failure };
  }
  return found?.failure ?? null;
}

const SIGNS = [
  // TensorFlow names the device: "OOM when allocating tensor with shape[…] … on /job:…/device:GPU:0 by allocator GPU_0_bfc".
  ['out-of-gpu-memory', /OOM when allocating .*(device:GPU|allocator GPU)/i],
  ['out-of-gpu-memory', /CUDA_ERROR_OUT_OF_MEMORY|CUDNN_STATUS_ALLOC_FAILED|CUBLAS_STATUS_ALLOC_FAILED|CUDA out of memory/],
  ['out-of-gpu-memory', /VK_ERROR_OUT_OF_DEVICE_MEMORY|GPUOutOfMemoryError|GPUDevice was lost|\bDevice (is |was )?lost\b/i],
  ['out-of-memory', /OOM when allocating (?!.*(device:GPU|allocator GPU))/i],
  ['out-of-memory', /JavaScript heap out of memory|Array buffer allocation failed|ERR_MEMORY_ALLOCATION_FAILED/],
  ['out-of-memory', /Cannot allocate memory|\bENOMEM\b|std::bad_alloc|\bMemoryError\b/],
  ['out-of-memory', /WebAssembly\.Memory.*(could not allocate|Maximum memory size exceeded)|Cannot enlarge memory/i],
  ['no-space', /No space left on device|\bENOSPC\b|\bEDQUOT\b|Disk quota exceeded|no space is left on the disk/i],
] as const satisfies readonly (readonly [Failure, RegExp])[];
