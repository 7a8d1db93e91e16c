// Takes a run's folder for a task. Of two starts of one task the later one is right: the scheduler has given the earlier one up.

import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLease, createLease, isVisibleHere, readLiveLease, releaseLease, settleHolder } from '../../../../results/leases/lease.ts';
import { HEARTBEAT_MS } from '../../../../results/leases/liveness.ts';
import { leaseFile } from '../../../../results/paths.ts';
import type { LeaseRecord } from '../../../../results/records.ts';

export type FolderHold = { release(): void } | { refusal: string };

/**
 * Refused where a live process holds the folder that is no earlier start of the same job. Such an earlier start is ended where it can be seen;
 * on another node it looks before each write whether the folder is still its own, and is given the time for that. Where it cannot be told at
 * once whether a holder lives, waits up to a minute. Throws a WriteFailure.
 */
export async function holdFolder(
  folder: string,
  job: NonNullable<LeaseRecord['job']>,
  { onLost, fenceMs = FENCE_MS }: { onLost: () => void; fenceMs?: number },
): Promise<FolderHold> {
  const path = leaseFile(folder);
  for (;;) {
    const former = findFormer(path, job);
    const result = acquireLease(path, { ...createLease(), job }, { onLost, takesOver: former !== null });
    if (result.acquired) {
      if (former !== null) await sleep(fenceMs);
      return { release: () => releaseLease(path, result.lease) };
    }
    const { holder } = result;
    if (isEarlierStart(holder, job)) {
      if (isVisibleHere(holder)) endProcess(holder.pid);
      await sleep(LOOK_EVERY_MS);
    } else if ((await settleHolder(path)) !== null) return { refusal: describe(holder) };
  }
}

/** An earlier start of this job that holds the folder from another node. */
function findFormer(path: string, job: NonNullable<LeaseRecord['job']>): LeaseRecord | null {
  const probe = readLiveLease(path);
  return probe !== null && isEarlierStart(probe, job) && !isVisibleHere(probe) ? probe : null;
}

const isEarlierStart = (holder: LeaseRecord, { id, restart }: NonNullable<LeaseRecord['job']>): boolean =>
  holder.job?.id === id && holder.job.restart < restart;

/** A holder reads its lease before it writes, at most so long after the last look (results/leases/heartbeat.ts). */
const FENCE_MS = HEARTBEAT_MS * 2;
const LOOK_EVERY_MS = 200;

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

function describe({ pid, host, since, job }: LeaseRecord): string {
  return `${job ? `Job ${job.id}` : `Process ${pid}`} on ${host} has worked on this run since ${since}. This one leaves.`;
}
