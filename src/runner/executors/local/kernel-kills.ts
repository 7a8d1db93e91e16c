// Counts the processes that the kernel has killed for want of memory. If the count rose while a child lived that was then killed, the
// kernel has probably killed it; otherwise something else has.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KernelKills {
  /** In the control group of this process, in which its children are too; null where that cannot be read. */
  group: number | null;
  /** On the whole machine since it started. */
  machine: number | null;
}

/** `root`: another root of the file system, for tests. */
export function countKernelKills(root = '/'): KernelKills {
  return { group: readGroup(root), machine: readCount(join(root, 'proc/vmstat')) };
}

/** Whether the kernel has ended something for want of memory in between, and how likely it was our child. */
export function compareKernelKills(before: KernelKills, after: KernelKills): 'in-group' | 'on-machine' | 'none' | 'unknown' {
  const rose = (scope: keyof KernelKills) => before[scope] !== null && after[scope] !== null && after[scope] > before[scope];
  if (rose('group')) return 'in-group';
  if (rose('machine')) return 'on-machine';
  return after.group === null && after.machine === null ? 'unknown' : 'none';
}

/** memory.events of version 2, memory.oom_control of version 1; a container often sees its own group as the root. */
function readGroup(root: string): number | null {
  const lines = readText(join(root, 'proc/self/cgroup')).split('\n');
  const pathOf = (controllers: string) => lines.find((line) => line.split(':')[1] === controllers)?.split(':')[2];
  const [unified, memory] = [pathOf(''), pathOf('memory')];
  const files = [
    ...(unified === undefined ? [] : [`sys/fs/cgroup${unified}/memory.events`, 'sys/fs/cgroup/memory.events']),
    ...(memory === undefined ? [] : [`sys/fs/cgroup/memory${memory}/memory.oom_control`, 'sys/fs/cgroup/memory/memory.oom_control']),
  ];
  for (const file of files) {
    const count = readCount(join(root, file));
    if (count !== null) return count;
  }
  return null;
}

function readCount(path: string): number | null {
  const count = /^oom_kill (\d+)$/m.exec(readText(path))?.[1];
  return count === undefined ? null : Number(count);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
