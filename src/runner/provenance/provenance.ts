// Where a result comes from: code, versions, machine, command.

import { arch, cpus, platform, release, totalmem } from 'node:os';
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
}

/** All of a run's provenance but what the runner sets for each run. */
export function describeProvenance(options: ProvenanceOptions): Omit<Provenance, keyof Numerics> {
  const { code, command, experimentFile, facet, backend, gpus, cores, now } = options;
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
    lockHash: code.lockHash,
  };
}
