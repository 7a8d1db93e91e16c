// The memory that this process may use. Throws nothing.

import { existsSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { readText } from './read-text.ts';

/** Bytes that this process may use, and that are free now. */
export function describeMemory(): { totalBytes: number; freeBytes: number } {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const freeInGroup = limit < totalmem() ? limit - readGroupUse() : limit;
  return { totalBytes: Math.min(totalmem(), limit), freeBytes: Math.max(0, Math.min(freemem(), freeInGroup)) };
}

/** Bytes that the processes under this one's limit hold, without the files that the kernel caches for them; 0 where there is no group. */
function readGroupUse(): number {
  const [group, pattern] = existsSync('/sys/fs/cgroup/memory.current')
    ? ['/sys/fs/cgroup/memory.current', /^inactive_file (\d+)$/m]
    : ['/sys/fs/cgroup/memory/memory.usage_in_bytes', /^total_inactive_file (\d+)$/m];
  const cached = Number(pattern.exec(readText(join(dirname(group), 'memory.stat')))?.[1] ?? 0);
  return Math.max(0, Number(readText(group)) - cached);
}
