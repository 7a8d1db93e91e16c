// (pure) The environment of a child: what it may use of the machine. These variables act only if set before the process starts.

import { MAX_CPU_ISA_VARIABLES, ONE_DNN_VARIABLE } from '../../../machine/one-dnn.ts';
import type { Slot } from '../../plan/slots.ts';

type Variables = Record<string, string>;

/** Added to the environment that a child inherits from the runner, FACET_BACKEND and everything else included. */
export function createChildEnvironment(slot: Slot, inherited: Readonly<Partial<Variables>> = {}): Variables {
  const { gpus, adapter, threads, oneDnn = null, maxCpuIsa, backend, mayChangeBackend } = slot;
  const defaults = Object.entries(createDefaults(slot)).filter(([name]) => inherited[name] === undefined);
  return {
    ...Object.fromEntries(defaults),
    FACET_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads), // independent operations of a step's graph run side by side
    TF_FORCE_GPU_ALLOW_GROWTH: 'true', // else the first run on a card would take all of it
    TF_CPP_MIN_LOG_LEVEL: '2',
    // An empty list hides all GPUs. The order of PCI slots is that of nvidia-smi.
    ...(gpus === null ? {} : { CUDA_VISIBLE_DEVICES: gpus.join(','), CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }),
    ...(oneDnn === null ? {} : { [ONE_DNN_VARIABLE]: oneDnn ? '1' : '0' }),
    ...(maxCpuIsa === undefined ? {} : Object.fromEntries(MAX_CPU_ISA_VARIABLES.map((name) => [name, maxCpuIsa ?? '']))), // empty: no limit
    ...(backend && { FACET_BACKEND: backend }),
    ...(mayChangeBackend && { FACET_CHANGE_BACKEND: '1' }),
    ...adapter?.environment,
  };
}

/** Where nobody has said otherwise. */
function createDefaults({ gpus }: Slot): Variables {
  // In huge pages, and without giving each step's tensors back to the system, which would have to clear their pages for the
  // next step (bench/README.md has what that costs).
  const memory = ['hugetlb=1', 'mmap_threshold=1073741824', 'trim_threshold=1073741824'].map((name) => `glibc.malloc.${name}`);
  return {
    GLIBC_TUNABLES: memory.join(':'),
    ...(gpus && gpus.length > 0 ? { TF_DETERMINISTIC_OPS: '1' } : {}), // cuDNN's usual gradients add up in another order each time
  };
}
