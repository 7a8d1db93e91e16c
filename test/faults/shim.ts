// The C shim that makes calls of the system fail, compiled with the machine's compiler.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Shim {
  /** For the environment of the process that is to meet faults. */
  environment: Record<string, string>;
  remove(): void;
}

export async function buildShim(): Promise<Shim> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-shim-'));
  const library = join(folder, 'shim.so');
  await execa('g++', ['-x', 'c', '-shared', '-fPIC', '-O1', '-w', '-o', library, join(FACET_ROOT, 'test/faults/programs/shim.c'), '-ldl']);
  return { environment: { LD_PRELOAD: library, UV_USE_IO_URING: '0' }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
