// A Python with packages that are no part of Facet: CI names one, elsewhere they lie in .peers (pip install --target .peers …).

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const peers = join(resolve(import.meta.dirname, '../..'), '.peers');
const given = process.env.FACET_TEST_PYTHON;
const CANDIDATES = [
  ...(given ? [{ python: given, env: process.env }] : []),
  { python: 'python3', env: { ...process.env, PYTHONPATH: peers } },
];

export type Python = (script: string, ...words: string[]) => SpawnSyncReturns<string>;

/** Runs a script with these modules, in a folder with none of ours beside them; null where no Python has them all. */
export function findPython(...modules: string[]): Python | null {
  const found = findInterpreter(...modules);
  return (
    found &&
    ((script, ...words) =>
      spawnSync(found.python, ['-c', script, ...words], { cwd: tmpdir(), env: found.env, encoding: 'utf8', maxBuffer: 1e8 }))
  );
}

/** The program and its environment. */
export function findInterpreter(...modules: string[]): (typeof CANDIDATES)[number] | null {
  return (
    CANDIDATES.find(({ python, env }) => spawnSync(python, ['-c', `import ${modules.join(', ')}`], { env, cwd: tmpdir() }).status === 0) ??
    null
  );
}
