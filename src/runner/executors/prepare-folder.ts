// Room: runner. Makes a run folder ready for another attempt: nobody at work in it, no outcome, and a line in its log.

import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../experiment/user-error.ts';
import { readLiveLease } from '../../results/lease.ts';
import { leaseFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { beginAttempt } from '../../results/write-run.ts';

/** A child that outlived its runner leaves by itself within moments; one that does not, after so long, is ended. */
const ORPHAN_GRACE_MS = 500;
const LOOK_EVERY_MS = 50;

/** Only called by the runner that holds the experiment, so that whoever still works in the folder is left over from a former one. */
export async function prepareFolder(folder: string): Promise<void> {
  await endOrphan(folder, ORPHAN_GRACE_MS);
  beginAttempt(folder);
}

async function endOrphan(folder: string, graceMs: number): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const holder = readLiveLease(leaseFile(folder));
    if (!holder) return;
    if (holder.host !== hostname()) throw new UserError(`${describeHeld(folder, holder)}; if that process is gone, delete the file`);
    if (waitedMs >= graceMs) process.kill(holder.pid, 'SIGKILL');
    await sleep(LOOK_EVERY_MS);
  }
}

function describeHeld(folder: string, { pid, host, since }: LeaseRecord): string {
  return `${leaseFile(folder)}: process ${pid} on ${host} has worked on this run since ${since}`;
}
