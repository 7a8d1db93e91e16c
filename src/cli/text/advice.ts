// What the owner of a machine could do to train faster on it.

import type { Diagnosis } from '../../machine/diagnosis.ts';
import { carriesAddon, setUpCommand } from '../../machine/installation.ts';
import { describeSlowSettings } from './slow-settings.ts';

const LITTLE_DISK_BYTES = 2e9;
const LITTLE_MEMORY_BYTES = 3e9;

/** Whole sentences, the most useful first; none where nothing is left to do. */
export function adviseOn(facts: Diagnosis): string[] {
  return [...adviseOnBackend(facts), ...adviseOnGpus(facts), ...adviseOnPrecision(facts), ...adviseOnOneDnn(facts), ...adviseOnRoom(facts)];
}

function adviseOnBackend({ node, backend, tensorflow, gpus, programs }: Diagnosis): string[] {
  const advice = node.supported ? [] : ['Install Node 20.19 or newer: Facet is not tested with this one.'];
  if ('error' in backend) return [...advice, backend.error];
  if (backend.name === 'tensorflow') return advice;
  if (backend.name === 'webgpu') return [...advice, ...adviseOnWebgpu({ tensorflow, gpus })];
  if (!('error' in tensorflow)) return [...advice, 'Unset FACET_BACKEND: native TensorFlow is set up, and it is several times faster.'];
  const missing = [programs.pip ? [] : ['python3-pip'], programs.compiler || carriesAddon ? [] : ['g++']].flat();
  const first = missing.length > 0 ? `\`apt-get install ${missing.join(' ')}\` (or what your system has for it), then ` : '';
  return [...advice, `Run ${first}\`${setUpCommand()}\`: native TensorFlow is several times faster than WebAssembly.`];
}

/** Which of WebGPU and native TensorFlow is faster depends on the GPU: only CUDA on the same card is said to be. */
function adviseOnWebgpu({ tensorflow, gpus }: Pick<Diagnosis, 'tensorflow' | 'gpus'>): string[] {
  if (gpus.length === 0) return [];
  if ('error' in tensorflow)
    return [`Run \`${setUpCommand('--cuda')}\`: the card computes with CUDA then, which is what native TensorFlow is made for.`];
  return tensorflow.gpu ? ['Unset FACET_BACKEND: native TensorFlow is set up for this card, with CUDA.'] : [];
}

function adviseOnGpus({ backend, gpus, tensorflow }: Diagnosis): string[] {
  if (gpus.length === 0 || 'error' in tensorflow) return [];
  const meanwhile = 'error' in backend || backend.name === 'webgpu' ? '' : ' FACET_BACKEND=webgpu uses it without CUDA.';
  if (tensorflow.kind === 'cpu') {
    const why = tensorflow.note ? ` (it was not, because ${tensorflow.note})` : '';
    return [`Run \`${setUpCommand('--cuda')}\`: the GPU is idle, because TensorFlow is set up for the CPU${why}.${meanwhile}`];
  }
  if (tensorflow.gpu) return [];
  return [
    `Update the NVIDIA driver to 525 or newer and run \`${setUpCommand('--cuda')}\`: TensorFlow found no GPU that it can use.${meanwhile}`,
  ];
}

/** Measured on AMX; processors with AVX-512 alone gain less. */
function adviseOnPrecision({ backend, gpus, processor }: Diagnosis): string[] {
  if ('error' in backend || backend.name !== 'tensorflow' || gpus.length > 0) return [];
  if (processor.features.includes('amx_bf16')) {
    return ['Set `training.precision: bfloat16` for wide models: this processor has AMX, and at width 512 it trains about twice as fast.'];
  }
  return processor.features.includes('avx512_bf16')
    ? ['Try `training.precision: bfloat16` for wide models: this processor computes it in hardware.']
    : [];
}

function adviseOnOneDnn({ backend, processor, oneDnnVariable }: Diagnosis): string[] {
  if ('error' in backend) return [];
  return describeSlowSettings({ backend, processor, oneDnnVariable: oneDnnVariable ?? undefined, precisions: [] });
}

function adviseOnRoom({ memory, results, cache }: Diagnosis): string[] {
  const advice: string[] = [];
  if (!cache.isWritable)
    advice.push('Set FACET_CACHE to a folder that can be written to: data sets are packed there, and nothing can be trained without it.');
  if (memory.totalBytes < LITTLE_MEMORY_BYTES) advice.push('Keep `model.width` at 128 or below: wide models need 3 GB of memory or more.');
  if ((results.freeBytes ?? Number.POSITIVE_INFINITY) < LITTLE_DISK_BYTES)
    advice.push(`Free some space where ${results.folder} is: checkpoints need it.`);
  if (cache.isWritable && (cache.freeBytes ?? Number.POSITIVE_INFINITY) < LITTLE_DISK_BYTES) {
    advice.push(`Free some space where ${cache.folder} is, or set FACET_CACHE to a folder on another disk: data sets are packed there.`);
  }
  return advice;
}
