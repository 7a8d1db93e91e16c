// Room: runner. Where a result comes from: code, versions, machine, command.

import { arch, cpus, platform, release, totalmem } from 'node:os';
import { execa } from 'execa';
import type { BackendChoice, Provenance } from '../results/records.ts';
import type { Gpu } from './gpus.ts';

export interface ProvenanceOptions {
  /** The checkout whose code runs. */
  codeFolder: string;
  command: string[];
  experimentFile: string;
  /** Facet's version. */
  facet: string;
  backend: BackendChoice;
  gpus: readonly Gpu[];
  cores: number;
  now: Date;
}

/** All of a run's provenance but its threads. Without git, or outside a repository, `git` is null. */
export async function collectProvenance(options: ProvenanceOptions): Promise<Omit<Provenance, 'threads'>> {
  const { command, experimentFile, facet, backend, gpus, cores, now } = options;
  return {
    createdAt: now.toISOString(),
    command,
    experimentFile,
    facet,
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    backend,
    hardware: { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores, memoryBytes: totalmem(), gpus: gpus.map((gpu) => gpu.name) },
    git: await readCommit(options.codeFolder),
  };
}

async function readCommit(folder: string): Promise<Provenance['git']> {
  const git = (...args: string[]) => execa('git', args, { cwd: folder, reject: false, stdin: 'ignore', timeout: 10_000 });
  const [commit, changes] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')]);
  return commit.failed || changes.failed ? null : { commit: commit.stdout.trim(), dirty: changes.stdout !== '' };
}
