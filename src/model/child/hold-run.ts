// Who may train in the run folder. A runner on this host takes the lease for its child, to which it has a channel. A process without a
// channel, such as a job of a cluster, takes it by itself.

import { existsSync } from 'node:fs';
import { acquireLeaseInTime, isStillHeld, isVisibleHere, keepOwnLease, releaseLease } from '../../results/leases/lease.ts';
import { leaseFile, outcomeFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';

/** `isHeld`: whether no other process has taken the run over; to be asked before each write. `refusal`: why this process must leave. */
export type RunHold = { isHeld(): boolean } | { refusal: string };

/**
 * Holds the folder until this process ends. Refused where another live process holds it, or where the run has its outcome: then this
 * process was started twice. Where it cannot be told at once whether the holder lives, waits up to a minute. `onLost` as for acquireLease.
 * Throws a WriteFailure or an UnreadableFile.
 */
export async function holdRun(folder: string, onLost: () => void): Promise<RunHold> {
  const path = leaseFile(folder);
  if (process.send) return keepOwnLease(path, onLost);
  const result = await acquireLeaseInTime(path, { onLost });
  if (!result.acquired) return isOfParent(result.holder) ? keepOwnLease(path, onLost) : { refusal: describeHolder(result.holder) };
  const { lease } = result;
  process.on('exit', () => releaseLease(path, lease));
  if (existsSync(outcomeFile(folder))) return { refusal: 'The run has its outcome. This process leaves.' };
  return { isHeld: () => isStillHeld(lease) };
}

/** Whether the program that has started this one holds the folder for it. */
function isOfParent(holder: LeaseRecord): boolean {
  return holder.pid === process.ppid && isVisibleHere(holder);
}

function describeHolder({ pid, host, since }: LeaseRecord): string {
  return `Process ${pid} on ${host} has worked on this run since ${since}. This one leaves.`;
}
