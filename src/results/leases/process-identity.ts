// Room: results/leases. Which process is meant, beyond its number: numbers are given out again, also after a reboot.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { LeaseRecord } from '../records.ts';

/** False only where the holder is provably gone: a former boot, no such process, or its number given to another one. */
export function isAlive(lease: LeaseRecord): boolean {
  if (lease.host !== hostname()) return true;
  if (lease.bootId !== null && lease.bootId !== readBootId()) return false;
  const startTime = readStartTime(lease.pid);
  if (startTime !== undefined) return startTime !== null && (lease.startTime === null || startTime === lease.startTime);
  return canSignal(lease.pid);
}

/** Clock ticks since boot; null for a process that is gone or a zombie; undefined where the system does not tell. */
export function readStartTime(pid: number): number | null | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold spaces and brackets
    return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
  } catch {
    return canSignal(pid) ? undefined : null; // some systems hide the processes of other users
  }
}

/** Of this start of the machine; null where the system does not tell. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

function canSignal(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
