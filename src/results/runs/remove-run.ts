// Removes run folders so that none is ever seen half removed, and none while somebody works in it.

import { realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { makeFolders } from '../files/make-folders.ts';
import { acquireLease, releaseLease, settleHolder } from '../leases/lease.ts';
import { leaseFile, runnerLeaseFile, trashFolder } from '../paths.ts';
import { readRun } from '../read.ts';
import type { LeaseRecord } from '../records.ts';
import { moveToTrash } from '../write-run.ts';
import type { FoundRun } from './find.ts';

/**
 * The process that works in the folder, or that may begin to at any moment; null where it may be removed. Of one on another
 * machine it can take a minute to tell: `onWait` is called then. Throws an UnreadableFile.
 */
export async function whoHolds({ folder }: FoundRun, onWait?: (holder: LeaseRecord) => void): Promise<LeaseRecord | null> {
  const own = await settleHolder(leaseFile(folder), { onWait });
  if (own) return own;
  return isLeftAlone(folder) ? null : settleHolder(runnerLeaseFile(dirname(folder)), { onWait });
}

/**
 * Takes the run's lease, moves the folder to .trash, then deletes it there. Returns who holds it where somebody does.
 * Throws a UserError where .trash leads elsewhere, and the system's errors.
 */
export function removeRun(run: FoundRun): LeaseRecord | null {
  const experiment = dirname(run.folder);
  requirePlainTrash(experiment);
  // While this is held no runner starts on the experiment. One that is at work leaves it alone where it has succeeded.
  const runner = acquireLease(runnerLeaseFile(experiment));
  try {
    if (!runner.acquired && !isLeftAlone(run.folder)) return runner.holder;
    const own = acquireLease(leaseFile(run.folder));
    if (!own.acquired) return own.holder;
    try {
      const place = moveToTrash(run.folder, new Date());
      if (place !== null) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      releaseLease(leaseFile(run.folder), own.lease);
    }
    return null;
  } finally {
    if (runner.acquired) releaseLease(runnerLeaseFile(experiment), runner.lease);
  }
}

/** A runner leaves it alone for good. Successive halving may take up again what it has stopped early. */
function isLeftAlone(folder: string): boolean {
  return readRun(folder).state === 'succeeded';
}

/** A link would carry the folder out of the results. */
function requirePlainTrash(experiment: string): void {
  const trash = trashFolder(experiment);
  makeFolders(trash);
  if (realpathSync(trash) === join(realpathSync(experiment), '.trash')) return;
  throw new UserError(`${trash}: expected a plain folder, found a link; remove it`);
}
