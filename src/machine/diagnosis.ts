// Everything about this machine that matters for training, in one record: what `facet doctor` shows.

import { UserError } from '../experiment/user-error.ts';
import { type BackendChoice, chooseBackend } from './backend.ts';
import { findCacheRoot } from './cache-root.ts';
import { mayBeWritten, measureFolder, readFreeBytes } from './disk.ts';
import { type Gpu, listCards } from './gpus.ts';
import { type Installation, readInstallation } from './installation.ts';
import { describeMemory } from './memory.ts';
import { describeProcessor, type Processor } from './processor.ts';
import { findProgram, readPipVersion } from './programs.ts';

/** Sizes are in bytes. */
export interface Diagnosis {
  node: { version: string; supported: boolean };
  /** The error is what FACET_BACKEND asks for in vain. */
  backend: BackendChoice | { error: string };
  tensorflow: (Pick<Installation, 'kind' | 'gpu' | 'note'> & { version: string }) | { error: string };
  gpus: Pick<Gpu, 'name' | 'memoryBytes' | 'driver'>[];
  processor: Processor;
  /** TF_ENABLE_ONEDNN_OPTS; null: not set, so that runs have oneDNN. */
  oneDnnVariable: string | null;
  memory: { totalBytes: number; freeBytes: number };
  results: { folder: string; freeBytes: number | null; usedBytes: number };
  /** folder null: there is no home folder to put it in. */
  cache: { folder: string | null; freeBytes: number | null; usedBytes: number; isWritable: boolean };
  programs: { compiler: string | null; pip: string | null };
}

/** Looks at everything; trains and loads nothing, takes about a second. */
export async function diagnose(resultsFolder: string): Promise<Diagnosis> {
  const cache = findCacheRoot();
  const { installation, fault } = readInstallation();
  const [backend, gpus, pip] = await Promise.all([chooseOrExplain(), listCards(), readPipVersion()]);
  return {
    node: { version: process.versions.node, supported: isNodeSupported(process.versions.node) },
    backend,
    tensorflow: installation
      ? { version: installation.tensorflow, kind: installation.kind, gpu: installation.gpu, note: installation.note }
      : { error: fault },
    gpus: gpus.map(({ name, memoryBytes, driver }) => ({ name, memoryBytes, driver })),
    processor: describeProcessor(),
    oneDnnVariable: process.env.TF_ENABLE_ONEDNN_OPTS ?? null,
    memory: describeMemory(),
    results: { folder: resultsFolder, freeBytes: readFreeBytes(resultsFolder), usedBytes: measureFolder(resultsFolder) },
    cache:
      cache === null
        ? { folder: null, freeBytes: null, usedBytes: 0, isWritable: false }
        : { folder: cache, freeBytes: readFreeBytes(cache), usedBytes: measureFolder(cache), isWritable: mayBeWritten(cache) },
    programs: { compiler: findProgram([...(process.env.CXX ? [process.env.CXX] : []), 'g++', 'c++', 'clang++']), pip },
  };
}

/** 20.19 is the first with everything that Facet uses. */
export function isNodeSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

async function chooseOrExplain(): Promise<Diagnosis['backend']> {
  try {
    return await chooseBackend();
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}
