// Counts the processes that the kernel has killed for want of memory. If the count rose while a child lived that was then killed, the
// kernel has probably killed it; otherwise something else has.

import { join } from 'node:path';
import { listControlGroups } from '../../../machine/control-groups.ts';
import { readText } from '../../../machine/read-text.ts';

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

/** Of the innermost control group that counts: in memory.events of version 2, in memory.oom_control of version 1. */
function readGroup(root: string): number | null {
  for (const group of listControlGroups('memory', root)) {
    const count = readCount(join(group, 'memory.events')) ?? readCount(join(group, 'memory.oom_control'));
    if (count !== null) return count;
  }
  return null;
}

function readCount(path: string): number | null {
  const count = /^oom_kill (\d+)$/m.exec(readText(path))?.[1];
  return count === undefined ? null : Number(count);
}
