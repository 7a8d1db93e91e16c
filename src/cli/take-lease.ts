// Takes a lease for a command that starts runs, says what it waits for, and ends the command where somebody else takes the lease over.

import { acquireLeaseInTime, type LeaseResult } from '../results/leases/lease.ts';
import { silenceOf } from '../results/leases/liveness.ts';
import { EXIT } from './exit-codes.ts';

/** `what`: what is held, for a person: "sweep". Its children end with this process. */
export function takeLease(path: string, what: string): Promise<LeaseResult> {
  return acquireLeaseInTime(path, {
    onWait(holder) {
      const seconds = Math.round(silenceOf(holder) / 1000);
      process.stderr.write(
        `${what} is held by process ${holder.pid} on ${holder.host}, which cannot be seen from here. Watching for up to ${seconds} s whether it still lives.\n`,
      );
    },
    onLost() {
      process.stderr.write(
        `${what} has been taken over by another process, as this one did not show for a minute that it lives. This one leaves at once.\n`,
      );
      process.exit(EXIT.held);
    },
  });
}
