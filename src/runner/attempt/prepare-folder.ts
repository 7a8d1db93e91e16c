// Makes a run folder ready for another attempt: nobody at work in it, no outcome, and a line in its log.

import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../experiment/user-error.ts';
import { isVisibleHere, readLiveLease, settleHolder } from '../../results/leases/lease.ts';
import { leaseFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { beginAttempt } from '../../results/write-run.ts';
import { killProcessGroup } from '../executors/local/no-orphans.ts';

/** A child that has outlived its runner leaves by itself within moments. After this time it is killed. */
const ORPHAN_GRACE_MS = 500;
/** A process in an uninterruptible call of the kernel, or of another user, does not end even then. After this time the run is given up. */
const ORPHAN_END_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * Called by the runner that holds the experiment, so that a process which still works in the folder is left over from a former
 * runner: it is ended. Throws a UserError where it cannot be ended from here, and a WriteFailure.
 */
export async function prepareFolder(folder: string): Promise<void> {
  await endOrphan(folder);
  beginAttempt(folder);
}

async function endOrphan(folder: string): Promise<void> {
  const startMs = performance.now();
  for (let holder = readLiveLease(leaseFile(folder)); holder; holder = readLiveLease(leaseFile(folder))) {
    const waitedMs = performance.now() - startMs;
    // A job of a cluster is its scheduler's to end, also where its node is this machine.
    if (holder.job || !isVisibleHere(holder)) {
      if ((await settleHolder(leaseFile(folder))) === null) return;
      throw new UserError(
        `${describeHeld(folder, holder)}; end it there, then start again, or start with --take-over if that machine is gone`,
      );
    }
    if (waitedMs >= ORPHAN_END_MS) throw new UserError(`${describeHeld(folder, holder)} and does not end; end it, then start again`);
    if (waitedMs >= ORPHAN_GRACE_MS) killHard(holder.pid);
    await sleep(LOOK_EVERY_MS);
  }
}

/** The lease shows whether it has worked. */
function killHard(pid: number): void {
  killProcessGroup(pid); // what a child has started goes with it
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile, or belongs to another user
  }
}

function describeHeld(folder: string, { pid, host, since, job }: LeaseRecord): string {
  return `${leaseFile(folder)}: ${job ? `job ${job.id}` : `process ${pid}`} on ${host} has worked on this run since ${since}`;
}
