// Which live process holds a folder. A lease is believed only while its holder may live: a kill or a reboot of this machine
// frees it at once; a holder on another machine, or in another PID namespace, frees it by not renewing the file's time.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writing } from '../errors.ts';
import { makeFolders } from '../files/make-folders.ts';
import { UnreadableFile } from '../files/read.ts';
import type { LeaseRecord } from '../records.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { claimPath, createWhole, readChain, readLink, replaceWhole } from './lease-files.ts';
import { HEARTBEAT_MS, isAlive, isSeenAlive, judgeProcess, readBootId, readPidNamespace, readStartTime } from './liveness.ts';

export type LeaseResult = { acquired: true; lease: LeaseRecord } | { acquired: false; holder: LeaseRecord };

/**
 * Takes the lease kept in a file, from nobody or from a provably dead holder, and renews the file's time until it is released. Of any
 * number of processes that try at once, and of callers in one process, at most one holds it. `onLost` is called where somebody has taken
 * the lease over all the same, as from a process that had been suspended for a minute: the holder must stop its work then. Throws a
 * WriteFailure (read-only folder, no space) or an UnreadableFile.
 *
 * A dead holder is replaced in three steps, so that no live lease is ever overwritten: link a claim named after the dead lease (only one
 * can), check that it is still the current lease, rename over it. The claim of a process that died between these steps counts as the
 * lease itself and is succeeded in the same way. `takesOver`: a holder that cannot be seen from here counts as dead, as a person has said.
 */
export function acquireLease(
  path: string,
  lease: LeaseRecord = createLease(),
  { onLost, takesOver = false }: { onLost?: () => void; takesOver?: boolean } = {},
): LeaseResult {
  const result = writing(path, () => acquire(path, lease, takesOver));
  if (!result.acquired || !result.lease.heartbeatMs) return result;
  if (heartbeats.has(result.lease.token)) return { acquired: false, holder: result.lease }; // by another caller in this process
  heartbeats.set(result.lease.token, startHeartbeat(path, result.lease, { onLost, onGone: () => putBack(path, result.lease) }));
  return result;
}

/** Of the leases that this process renews, by their tokens. */
const heartbeats = new Map<string, Heartbeat>();

/** Whether this process still holds a lease that it has acquired. Reads the file at most once in a heartbeat. */
export function isStillHeld({ token }: LeaseRecord): boolean {
  return heartbeats.get(token)?.isHeld() ?? false;
}

/** Writes a lease again whose file was deleted. Does nothing where another process has taken it since, or the folder is gone as well. */
function putBack(path: string, lease: LeaseRecord): void {
  try {
    createWhole(path, lease);
  } catch {
    // no folder, no space: the next look tries again
  }
}

/**
 * As acquireLease. Where it cannot be told at once whether the holder lives, on another machine, waits until it is seen to live
 * or to be dead: some seconds or a minute. `onWait` is called once where there is something to wait for.
 */
export async function acquireLeaseInTime(
  path: string,
  {
    onLost,
    onWait,
    signal,
    takesOver,
  }: { onLost?: () => void; onWait?: (holder: LeaseRecord) => void; signal?: AbortSignal; takesOver?: boolean } = {},
): Promise<LeaseResult> {
  for (;;) {
    const result = acquireLease(path, createLease(), { onLost, takesOver });
    if (result.acquired || (await settleHolder(path, { onWait, signal })) !== null) return result;
  }
}

/**
 * The holder, once it is known to live; null once it is known to be dead, or where there is none. A holder without a heartbeat is
 * believed to live. Throws an UnreadableFile.
 */
export async function settleHolder(
  path: string,
  { onWait, signal }: { onWait?: (holder: LeaseRecord) => void; signal?: AbortSignal } = {},
): Promise<LeaseRecord | null> {
  const startMs = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    const holder = readChain(path).at(-1);
    if (!holder || !isAlive(holder)) return null;
    if (isSeenAlive(holder, startMs) || !holder.lease.heartbeatMs) return holder.lease;
    if (isFirst) onWait?.(holder.lease);
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

const LOOK_EVERY_MS = 250;

function acquire(path: string, lease: LeaseRecord, takesOver: boolean): LeaseResult {
  makeFolders(dirname(path));
  for (;;) {
    const chain = readChain(path);
    const holder = chain.at(-1);
    if (holder && isSameProcess(holder.lease, lease)) return { acquired: true, lease: holder.lease };
    const isLeft = takesOver && holder && judgeProcess(holder.lease, holder.writtenMs) === 'unseen';
    if (holder && !isLeft && isAlive(holder)) return { acquired: false, holder: holder.lease };
    const claim = holder ? claimPath(path, holder) : path;
    if (!createWhole(claim, lease)) continue; // somebody else was quicker: look again
    if (!holder) return { acquired: true, lease };
    const now = readChain(path);
    const stillMine = now.length === chain.length + 1 && chain.every((link, i) => now[i]!.text === link.text);
    if (stillMine) {
      replaceWhole(path, lease);
      for (const link of chain) rmSync(claimPath(path, link), { force: true });
      return { acquired: true, lease };
    }
    rmSync(claim, { force: true });
  }
}

/** Gives up a lease; does nothing where somebody else holds it, or where the system refuses: then it ends with its process. */
export function releaseLease(path: string, lease: LeaseRecord): void {
  heartbeats.get(lease.token)?.stop();
  heartbeats.delete(lease.token);
  try {
    if (readLease(path)?.token === lease.token) rmSync(path, { force: true });
  } catch {
    // a lease of a dead process is nobody's
  }
}

/** The process that holds the lease now, or null; also where the file cannot be read. */
export function readLiveLease(path: string): LeaseRecord | null {
  try {
    const holder = readChain(path).at(-1);
    return holder && isAlive(holder) ? holder.lease : null;
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

/**
 * When the holder of a lease was last heard of, by the time of its file in milliseconds of the clock; null where nobody holds it, where its
 * process can be seen from here, and where it renews nothing.
 */
export function readLastSign(path: string): number | null {
  try {
    const holder = readChain(path).at(-1);
    if (!holder || judgeProcess(holder.lease, holder.writtenMs) !== 'unseen' || !isAlive(holder)) return null;
    return holder.writtenMs;
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

/** The lease as written, of a living or a dead process; null where there is none or it cannot be read. */
export function readLease(path: string): LeaseRecord | null {
  try {
    return readLink(path)?.lease ?? null;
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

/** Whether the process of a living holder can be seen, and so ended, from here. */
export function isVisibleHere(holder: LeaseRecord): boolean {
  return judgeProcess(holder, Number.POSITIVE_INFINITY) !== 'unseen';
}

/** The lease of a live process of this machine, by default this one. Whoever acquires it renews it. */
export function createLease(pid: number = process.pid): LeaseRecord {
  return {
    token: randomBytes(8).toString('hex'),
    pid,
    startTime: readStartTime(pid) ?? null,
    bootId: readBootId(),
    pidNamespace: readPidNamespace(),
    heartbeatMs: HEARTBEAT_MS,
    host: hostname(),
    since: new Date().toISOString(),
  };
}

/**
 * Keeps the lease that a runner has taken for this process, or a job for itself and its child; it may be written a moment after the process
 * has started. Both renew it, since the process may outlive the runner. `onLost` as for acquireLease.
 */
export function keepOwnLease(path: string, onLost: () => void): Pick<Heartbeat, 'isHeld'> {
  let heartbeat: Heartbeat | null = null;
  const look = () => {
    const lease = readLease(path);
    const isOwn = lease?.pid === process.pid || (lease?.job !== undefined && lease.pid === process.ppid);
    if (!lease?.heartbeatMs || !isOwn || lease.pidNamespace !== readPidNamespace()) return;
    clearInterval(timer);
    heartbeat = startHeartbeat(path, lease, { onLost });
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return { isHeld: () => heartbeat === null || heartbeat.isHeld() };
}

function isSameProcess(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId && a.pidNamespace === b.pidNamespace && a.host === b.host;
}
