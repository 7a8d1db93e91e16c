// A control group with little memory, where this user may make one.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MemoryGroup {
  /** Words to put before a command, so that it and its children live in the group. */
  prefix: string[];
  /** Once its processes have ended. */
  remove(): void;
}

/** Null where it cannot be. */
export function createMemoryGroup(bytes: number): MemoryGroup | null {
  const isFirstVersion = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  const folder = join(isFirstVersion ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup', `facet-test-${process.pid}`);
  const limit = join(folder, isFirstVersion ? 'memory.limit_in_bytes' : 'memory.max');
  try {
    mkdirSync(folder);
    writeFileSync(limit, String(bytes));
    if (!(Number(readFileSync(limit, 'utf8')) <= bytes)) throw new Error('The limit was not taken');
    // Entering is what a container most often forbids: tried by a process that ends at once.
    return { prefix: ['/bin/sh', '-c', `echo $$ > ${folder}/cgroup.procs && exec "$0" "$@"`], remove: () => rmdirSync(folder) };
  } catch {
    if (existsSync(folder)) rmdirSync(folder);
    return null;
  }
}
