// How late things may be seen: files that a node has written, and jobs in squeue.

import { UserError } from '../../../experiment/user-error.ts';

/** Milliseconds, of FACET_SLURM_GRACE_SECONDS; by default a minute. Throws a UserError. */
export function readLagMs(asked: string | undefined = process.env.FACET_SLURM_GRACE_SECONDS): number {
  const seconds = Number(asked || 60);
  if (seconds > 0 && seconds <= 3600) return seconds * 1000;
  throw new UserError(`FACET_SLURM_GRACE_SECONDS: expected a number of seconds up to 3600, got "${asked}"`);
}
