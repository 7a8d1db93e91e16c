// A program named nvidia-smi that tells of GPUs that are not there.

import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeGpu {
  uuid: string;
  name?: string;
  /** MiB, or what nvidia-smi says where it does not know. */
  total?: number | string;
  free?: number | string;
}

/**
 * A folder for the front of the PATH; the caller removes it. The program answers the fields that it is asked for, and fails where
 * SMI_FAILS is set.
 */
export function createNvidiaSmi(gpus: readonly FakeGpu[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'facet-smi-'));
  const rows = gpus.map(({ uuid, name = 'NVIDIA H100', total = 81_559, free = total }, index) => ({
    index,
    uuid,
    name,
    'memory.total': total,
    'memory.free': free,
    driver_version: '570.86.15',
  }));
  const program = `#!${process.execPath}
    if (process.env.SMI_FAILS) process.exit(9);
    const query = process.argv.find((word) => word.startsWith('--query-gpu='));
    if (!query || !process.argv.includes('--format=csv,noheader,nounits')) process.exit(2);
    for (const row of ${JSON.stringify(rows)}) console.log(query.slice(12).split(',').map((field) => row[field] ?? '[Unknown field]').join(', '));
  `;
  writeFileSync(join(folder, 'nvidia-smi'), program);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  return folder;
}
