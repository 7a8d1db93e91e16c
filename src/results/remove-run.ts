// Room: results. Removes run folders so that none is ever seen half removed, and none while somebody works in it.

import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../experiment/user-error.ts';
import type { FoundRun } from './find.ts';
import { acquireLease, readLiveLease, releaseLease } from './leases/lease.ts';
import { leaseFile, runnerLeaseFile, trashFolder } from './paths.ts';
import { readRun } from './read.ts';
import type { LeaseRecord, RunState } from './records.ts';
import { setAside } from './write-run.ts';

/** What a runner leaves alone for good; successive halving may take up again what it has stopped early. */
const UNTOUCHED: readonly RunState[] = ['succeeded'];

/** The process that works in the folder, or that may begin to at any moment; null where it may be removed. */
export function whoHolds({ folder }: FoundRun): LeaseRecord | null {
  const own = readLiveLease(leaseFile(folder));
  if (own) return own;
  return UNTOUCHED.includes(readRun(folder).state) ? null : readLiveLease(runnerLeaseFile(dirname(folder)));
}

/**
 * Takes the run's lease, moves the folder to .trash, then deletes it there. Returns who holds it where somebody does.
 * Throws a UserError where .trash leads elsewhere, and the system's errors.
 */
export function removeRun(run: FoundRun): LeaseRecord | null {
  const experiment = dirname(run.folder);
  requirePlainTrash(experiment);
  // While this is held no runner starts on the experiment. One that is at work keeps away from what is UNTOUCHED.
  const runner = acquireLease(runnerLeaseFile(experiment));
  try {
    if (!runner.acquired && !UNTOUCHED.includes(readRun(run.folder).state)) return runner.holder;
    const own = acquireLease(leaseFile(run.folder));
    if (!own.acquired) return own.holder;
    try {
      const place = setAside(run.folder, new Date());
      if (place !== null) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      releaseLease(leaseFile(run.folder), own.lease);
    }
    return null;
  } finally {
    if (runner.acquired) releaseLease(runnerLeaseFile(experiment), runner.lease);
  }
}

/** Bytes on disk of everything in a folder. Links count as themselves. */
export function measureFolder(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) continue; // removed meanwhile
    bytes += stat.isDirectory() ? measureFolder(path) : stat.blocks * BLOCK_BYTES;
  }
  return bytes;
}

const BLOCK_BYTES = 512;

/** A link would carry the folder out of the results. */
function requirePlainTrash(experiment: string): void {
  const trash = trashFolder(experiment);
  mkdirSync(trash, { recursive: true });
  if (realpathSync(trash) === join(realpathSync(experiment), '.trash')) return;
  throw new UserError(`${trash}: expected a plain folder, found a link; remove it`);
}
