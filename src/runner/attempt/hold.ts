// The lease of a run folder during an attempt. It lives as long as the process that trains the run, where that is one of this host;
// else as long as this runner. Whoever takes the folder over, taking the holder for dead, ends the attempt.

import { acquireLease, createLease, releaseLease } from '../../results/leases/lease.ts';

export interface Hold {
  /** Somebody else holds the folder: nothing more may be written there. */
  isLost(): boolean;
  release(): void;
}

/** Null where somebody else holds it. `onLost` is called when that comes about later. Throws a WriteFailure. */
export function holdFolder(path: string, { pid, onLost }: { pid: number | undefined; onLost: () => void }): Hold | null {
  let isLost = false;
  const result = acquireLease(path, createLease(pid), {
    onLost() {
      isLost = true;
      onLost();
    },
  });
  return result.acquired ? { isLost: () => isLost, release: () => releaseLease(path, result.lease) } : null;
}
