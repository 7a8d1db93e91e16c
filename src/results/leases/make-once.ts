// Makes something that many processes need once: the first makes it under a lease, the others wait and share.

import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../experiment/user-error.ts';
import { describeCacheFault, isLackOfSpace, WriteFailure } from '../errors.ts';
import type { LeaseRecord } from '../records.ts';
import { acquireLease, createLease, type LeaseResult, releaseLease } from './lease.ts';

export interface Making<T> {
  leaseFile: string;
  /** What is there already, whole; undefined where nothing is, or something damaged. `isHolder`: it would be made again now. */
  find: (isHolder: boolean) => T | undefined;
  /** Makes it. When this returns or throws, nothing half-made may be left. */
  make: (lease: LeaseRecord) => Promise<T>;
  /** Called again and again while another process makes it. Returns how far that is, in any unit that grows. */
  watch: (holder: LeaseRecord) => number;
  /** What the holder has not done where it shows no progress for long, as "packed nothing". */
  idleness: string;
  /** Ends the waiting; the promise rejects with the signal's reason. `make` has to look at it by itself. */
  signal?: AbortSignal | undefined;
}

const POLL_MS = 100;
/** A holder that shows no progress for so long is reported instead of waited for. */
const SILENCE_MS = 10 * 60_000;

/** Throws a UserError where the process that makes it shows no progress for 10 minutes, or the cache cannot be written to. */
export async function makeOnce<T>({ leaseFile, find, make, watch, idleness, signal }: Making<T>): Promise<T> {
  let last = -1;
  let since = performance.now();
  for (;;) {
    const found = find(false);
    if (found !== undefined) return found;
    signal?.throwIfAborted();
    const result = tryToHold(leaseFile);
    if (result.acquired) {
      try {
        return find(true) ?? (await make(result.lease)); // found: made by the holder before
      } finally {
        releaseLease(leaseFile, result.lease);
      }
    }
    const done = watch(result.holder);
    if (done !== last) since = performance.now();
    last = done;
    if (performance.now() - since > SILENCE_MS) {
      const { pid, host } = result.holder;
      throw new UserError(
        `Process ${pid} on ${host} holds ${leaseFile} and has ${idleness} for 10 minutes; end it, or delete that file if it is gone`,
      );
    }
    const restMs = performance.now();
    await sleep(POLL_MS, undefined, { signal });
    if (performance.now() - restMs > SUSPENDED_MS) since = performance.now(); // this process stood still, and perhaps the holder, too
  }
}

const SUSPENDED_MS = 2_000;

function tryToHold(leaseFile: string): LeaseResult {
  try {
    return acquireLease(leaseFile, createLease());
  } catch (error) {
    if (error instanceof WriteFailure && !isLackOfSpace(error))
      throw new UserError(describeCacheFault(leaseFile, error.cause), { cause: error });
    throw error;
  }
}
