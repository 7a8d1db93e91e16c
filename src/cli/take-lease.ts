// Takes a lease for a command that starts runs. Says whom it waits for; says that another process has taken the lease over, and exits.

import { acquireLeaseInTime, type LeaseResult } from '../results/leases/lease.ts';
import { silenceOf } from '../results/leases/liveness.ts';
import type { LeaseRecord } from '../results/records.ts';
import { EXIT } from './exit-codes.ts';

/** `what`: what is held, for a person: "sweep". */
export function takeLease(path: string, what: string): Promise<LeaseResult> {
  return acquireLeaseInTime(path, { onWait: (holder) => reportWait(what, holder), onLost: () => exitTakenOver(what) });
}

export function reportWait(what: string, holder: LeaseRecord): void {
  const seconds = Math.round(silenceOf(holder) / 1000);
  process.stderr.write(
    `${what} is held by process ${holder.pid} on ${holder.host}, which cannot be seen from here. Watching for up to ${seconds} s whether it still lives.\n`,
  );
}

/** Ends this process, and its children with it. */
export function exitTakenOver(what: string): never {
  process.stderr.write(
    `${what} has been taken over by another process, as this one did not show for a minute that it lives. This one leaves at once.\n`,
  );
  process.exit(EXIT.held);
}
