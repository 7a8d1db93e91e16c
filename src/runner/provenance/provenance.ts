// Where a result comes from: code, versions, machine, command.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { BackendChoice } from '../../machine/backend.ts';
import type { Gpu } from '../../machine/gpus.ts';
import type { Numerics, Provenance } from '../../results/records.ts';
import type { Code } from './code.ts';

export interface ProvenanceOptions {
  /** As it was when this program started: its children run that code. */
  code: Omit<Code, 'patch'>;
  command: string[];
  experimentFile: string;
  /** Facet's version. */
  facet: string;
  backend: BackendChoice;
  gpus: readonly Gpu[];
  cores: number;
  now: Date;
  environment?: NodeJS.ProcessEnv;
}

/** All of a run's provenance but what the runner sets for each run. */
export function describeProvenance(options: ProvenanceOptions): Omit<Provenance, keyof Numerics> {
  const { code, command, experimentFile, facet, backend, gpus, cores, now, environment = process.env } = options;
  return {
    createdAt: now.toISOString(),
    command,
    experimentFile,
    facet,
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    backend,
    hardware: { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores, memoryBytes: totalmem(), gpus: gpus.map((gpu) => gpu.name) },
    git: code.git,
    ...(code.gitProblem !== undefined && { gitProblem: code.gitProblem }),
    lockHash: code.lockHash,
    tensorflowLockHash: code.tensorflowLockHash,
    workingDirectory: process.cwd(),
    host: hostname(),
    trainer: describeTrainer(environment.FACET_TRAINER),
    environment: chooseVariables(environment),
  };
}

/** The trainer of somebody else that all runs have (FACET_TRAINER); null: Facet's own. */
export function describeTrainer(program: string | undefined): Provenance['trainer'] {
  if (!program) return null;
  try {
    return { program: resolve(program), sha256: createHash('sha256').update(readFileSync(program)).digest('hex') };
  } catch {
    return { program: resolve(program), sha256: null };
  }
}

/** Those that TensorFlow, oneDNN, CUDA and what lies below them read, and that can change the bits of a result. */
const DECISIVE = /^(TF_|NVIDIA_|XLA_|ONEDNN_|DNNL_|CUDA_|CUDNN_|CUBLAS_|MKL_|KMP_|OMP_|OPENBLAS_|GLIBC_TUNABLES$|LD_PRELOAD$)/;

function chooseVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const chosen = Object.entries(environment).filter(([name, value]) => DECISIVE.test(name) && value !== undefined);
  return Object.fromEntries(chosen.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, string>;
}
