// Commands of SLURM that lie, in a folder of their own; their jobs are real processes (test/fixtures/slurm/fake.mjs).

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface FakeSlurm {
  env: Record<string, string>;
  /** What the commands say from now on. */
  lie(faults: Record<string, unknown>): void;
  /** "squeue empty", "sbatch true", …: a line a call. */
  calls(): string[];
  /** "100_0 COMPLETED". */
  jobs(): string[];
  remove(): void;
}

export function createFakeSlurm(): FakeSlurm {
  const folder = mkdtempSync(join(tmpdir(), 'facet-fake-slurm-'));
  const program = fileURLToPath(new URL('../fixtures/slurm/fake.mjs', import.meta.url));
  mkdirSync(join(folder, 'bin'));
  for (const name of ['sbatch', 'squeue', 'sacct', 'scancel', 'scontrol', 'sinfo']) {
    const path = join(folder, 'bin', name);
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' ${name} "$@"\n`);
    chmodSync(path, 0o755);
  }
  const jobs = join(folder, 'jobs');
  return {
    env: { FAKE_SLURM: folder, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter) },
    lie: (faults) => writeFileSync(join(folder, 'faults.json'), JSON.stringify(faults)),
    calls: () => (existsSync(join(folder, 'calls.txt')) ? readFileSync(join(folder, 'calls.txt'), 'utf8').trim().split('\n') : []),
    jobs: () =>
      (existsSync(jobs) ? readdirSync(jobs) : [])
        .filter((name) => name.endsWith('.json'))
        .map((name) => JSON.parse(readFileSync(join(jobs, name), 'utf8')))
        .map(({ task, state }) => `${task} ${state}`),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
