// Room: model. `facet doctor`: what this machine has for training, what Facet makes of it, and what would make it faster.

import { join } from 'node:path';
import { UserError } from '../experiment/user-error.ts';
import { type Installation, readInstallation } from '../machine/installation.ts';
import {
  describeMemory,
  describeProcessor,
  findProgram,
  type GraphicsCard,
  listGraphicsCards,
  measureFolder,
  type Processor,
  readFreeBytes,
  readPipVersion,
} from '../machine/machine.ts';
import type { BackendChoice } from '../results/records.ts';
import { adviseOn } from './advice.ts';
import { chooseBackend } from './backend.ts';
import { defaultCacheRoot } from './data/packing/cache-root.ts';

/** Sizes are in bytes. */
export interface Diagnosis {
  node: { version: string; supported: boolean };
  /** The error is what FACET_BACKEND asks for in vain. */
  backend: BackendChoice | { error: string };
  tensorflow: (Pick<Installation, 'kind' | 'gpu' | 'note'> & { version: string }) | { error: string };
  gpus: GraphicsCard[];
  processor: Processor;
  memory: { totalBytes: number; freeBytes: number };
  results: { folder: string; freeBytes: number | null };
  cache: { folder: string; freeBytes: number | null; usedBytes: number };
  programs: { compiler: string | null; pip: string | null };
  /** Whole sentences, the most useful first; empty where nothing is left to do. */
  advice: string[];
}

/** Looks at everything; trains and loads nothing, takes about a second. */
export async function diagnose(resultsFolder: string = join(FACET_ROOT, 'results')): Promise<Diagnosis> {
  const cache = defaultCacheRoot();
  const { installation, fault } = readInstallation();
  const [backend, gpus, pip] = await Promise.all([chooseOrExplain(), listGraphicsCards(), readPipVersion()]);
  const facts = {
    node: { version: process.versions.node, supported: isNodeSupported(process.versions.node) },
    backend,
    tensorflow: installation
      ? { version: installation.tensorflow, kind: installation.kind, gpu: installation.gpu, note: installation.note }
      : { error: fault },
    gpus,
    processor: describeProcessor(),
    memory: describeMemory(),
    results: { folder: resultsFolder, freeBytes: readFreeBytes(resultsFolder) },
    cache: { folder: cache, freeBytes: readFreeBytes(cache), usedBytes: measureFolder(cache) },
    programs: { compiler: findProgram([...(process.env.CXX ? [process.env.CXX] : []), 'g++', 'c++', 'clang++']), pip },
  };
  return { ...facts, advice: adviseOn(facts) };
}

/** 20.19 is the first with everything that Facet uses. */
export function isNodeSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

/** A table for a terminal, with the advice below. */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  const { node, backend, tensorflow, gpus, processor, memory, results, cache, programs, advice } = diagnosis;
  const rows: [string, string][] = [
    ['Node', `${node.version}${node.supported ? '' : ' (too old: Facet needs 20.19 or newer)'}`],
    ['Backend', 'error' in backend ? `none: ${backend.error}` : `${backend.version}. ${backend.reason}`],
    ['TensorFlow', 'error' in tensorflow ? tensorflow.error : `${tensorflow.version} for ${tensorflow.kind === 'cuda' ? 'CUDA' : 'CPU'}`],
    [
      'GPUs',
      gpus.map(({ name, memoryBytes, driver }) => `${name}, ${formatBytes(memoryBytes)}, driver ${driver}`).join('; ') ||
        'none found by nvidia-smi',
    ],
    ['Processor', [processor.model, `${processor.cores} ${processor.cores === 1 ? 'core' : 'cores'}`, ...processor.features].join(', ')],
    ['Memory', `${formatBytes(memory.totalBytes)}, ${formatBytes(memory.freeBytes)} free`],
    ['Results', `${results.folder}, ${formatBytes(results.freeBytes)} free`],
    ['Cache', `${cache.folder}, ${formatBytes(cache.usedBytes)} used, ${formatBytes(cache.freeBytes)} free`],
    ['C++ compiler', programs.compiler ?? 'none found'],
    ['pip', programs.pip ?? 'none found'],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(14)}${value}`);
  return [...table, '', ...(advice.length > 0 ? ['What to do', ...advice.map((line) => `  - ${line}`)] : ['Nothing to improve.'])].join(
    '\n',
  );
}

function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'unknown';
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

async function chooseOrExplain(): Promise<Diagnosis['backend']> {
  try {
    return await chooseBackend();
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}
