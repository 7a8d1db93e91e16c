// The lease of a run folder during an attempt. It lives as long as the process that trains the run, where that is one of this host;
// else as long as this runner.

import { acquireLease, createLease, readLease, releaseLease } from '../../results/leases/lease.ts';
import type { LeaseRecord } from '../../results/records.ts';

export interface Hold {
  /** False once somebody else holds the folder: then nothing more may be written there. */
  renew(): boolean;
  release(): void;
}

/** Null where somebody else holds it. Throws a WriteFailure. */
export function holdFolder(path: string, pid: number | undefined): Hold | null {
  const result = acquireLease(path, createLease(pid));
  if (!result.acquired) return null;
  const { lease } = result;
  return { renew: () => isHeld(path, lease), release: () => releaseLease(path, lease) };
}

function isHeld(path: string, lease: LeaseRecord): boolean {
  try {
    return readLease(path)?.token === lease.token || acquireLease(path, lease).acquired; // the file may be gone, with nobody in our place
  } catch {
    return true; // a disk that gives no answer says nothing about others
  }
}
