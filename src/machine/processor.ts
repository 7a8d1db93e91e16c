// The processor: how many cores this process may use, and what it computes fast. Throws nothing.

import { availableParallelism, cpus } from 'node:os';
import { readCoreLimit } from './control-groups.ts';
import { readMaxCpuIsa } from './one-dnn.ts';
import { readText } from './read-text.ts';

/** Instruction sets that change how fast training is. */
const FEATURES = ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16', 'asimd', 'bf16'];

/** Processors of one class are fast at the same forms of computing. other: no x86-64, or one without AVX2. */
type ProcessorClass = 'avx2' | 'avx512' | 'amx' | 'other';

export interface Processor {
  model: string;
  /** What this process may use: affinity and control groups counted in. */
  cores: number;
  features: string[];
  class: ProcessorClass;
  /** Without such instructions TensorFlow computes bfloat16 in software. */
  hasBfloat16: boolean;
}

export function describeProcessor(environment: NodeJS.ProcessEnv = process.env): Processor {
  const features = readFeatures(readText('/proc/cpuinfo'));
  return {
    model: cpus()[0]?.model.trim() || process.arch,
    cores: Math.max(1, Math.min(availableParallelism(), readCoreLimit())),
    features,
    ...classifyProcessor(features, environment),
  };
}

/**
 * What oneDNN makes of these features. It uses nothing above the instruction set that ONEDNN_MAX_CPU_ISA (or DNNL_MAX_CPU_ISA)
 * names, in upper or lower case, and ignores a name that it does not know.
 */
export function classifyProcessor(
  features: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Processor, 'class' | 'hasBfloat16'> {
  const limit = readMaxCpuIsa(environment)?.toLowerCase() ?? '';
  const allowed = LIMITS[limit] ?? FEATURES;
  const has = (feature: string) => features.includes(feature) && allowed.includes(feature);
  return {
    class: has('amx_bf16') ? 'amx' : has('avx512f') ? 'avx512' : has('avx2') ? 'avx2' : 'other',
    hasBfloat16: ['avx512_bf16', 'amx_bf16', 'bf16'].some(has),
  };
}

/** Of the features above, those that each value of ONEDNN_MAX_CPU_ISA leaves; what is not listed leaves all. */
const LIMITS: Record<string, string[]> = {
  sse41: [],
  avx: [],
  avx2: ['avx2'],
  avx2_vnni: ['avx2'],
  avx2_vnni_2: ['avx2'],
  avx512_core: ['avx2', 'avx512f'],
  avx512_core_vnni: ['avx2', 'avx512f'],
  avx512_core_bf16: ['avx2', 'avx512f', 'avx512_bf16'],
  avx512_core_fp16: ['avx2', 'avx512f', 'avx512_bf16'],
  avx10_1_512: ['avx2', 'avx512f', 'avx512_bf16'],
};

/** From /proc/cpuinfo: `flags` on x86-64, `Features` on arm64. */
export function readFeatures(cpuinfo: string): string[] {
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' '));
  return FEATURES.filter((feature) => flags.has(feature));
}
