// Whether the holder of a lease lives. Where its process can be seen from here, the process decides. Elsewhere the time of the lease
// file does: a living holder renews it every few seconds, and whoever wants the lease watches whether it changes.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import type { LeaseRecord } from '../records.ts';

/**
 * How often a holder renews the time of its lease file. scripts/setup/lock.js runs before anything is built, so it has these two numbers
 * again.
 */
export const HEARTBEAT_MS = 5_000;
/**
 * A holder whose process cannot be seen counts as dead once an observer has watched its file unchanged for so long, by the observer's
 * clock.
 */
const SILENCE_MS = 60_000;

/**
 * What its process says. dead: a former boot, no such process, or its number given to another one. unseen: it runs, or ran, on
 * another host or in another PID namespace, where its number means nothing here. `writtenMs`: when its file was last renewed.
 */
export function judgeProcess(lease: LeaseRecord, writtenMs: number): 'alive' | 'dead' | 'unseen' {
  const isSameHost = lease.host === hostname();
  const bootId = readBootId();
  if (lease.bootId !== null && lease.bootId === bootId) {
    // One kernel, whatever the names. A former version of Facet wrote no namespace: its leases are judged by the name of the host.
    const isVisible = lease.pidNamespace ? lease.pidNamespace === readPidNamespace() : isSameHost;
    return isVisible ? judgeNumber(lease) : 'unseen';
  }
  if (!isSameHost) return 'unseen';
  if (lease.bootId === null || bootId === null) return judgeNumber(lease);
  // A former boot of this machine; or another machine of the same name, as clones have it, that has renewed the file since this one
  // started.
  const hasBeatSinceBoot = lease.heartbeatMs !== undefined && writtenMs > Date.now() - uptime() * 1000;
  return hasBeatSinceBoot ? 'unseen' : 'dead';
}

function judgeNumber({ pid, startTime }: LeaseRecord): 'alive' | 'dead' {
  const found = readStartTime(pid);
  if (found === null) return 'dead';
  if (found === undefined) return canSignal(pid) ? 'alive' : 'dead';
  return startTime === null || found === startTime ? 'alive' : 'dead';
}

/** A lease as it was found: `path` holds it, or a claim on it, and had been written last at `writtenMs`, by whatever clock. */
export interface Sighting {
  path: string;
  lease: LeaseRecord;
  writtenMs: number;
}

/** False only where the holder is provably dead. For a holder that cannot be seen, the proof takes SILENCE_MS of watching. */
export function isAlive(sighting: Sighting): boolean {
  const verdict = judgeProcess(sighting.lease, sighting.writtenMs);
  if (verdict !== 'unseen') return verdict === 'alive';
  if (!sighting.lease.heartbeatMs) return true; // a former version of Facet, which renews nothing
  return performance.now() - observe(sighting).sinceMs <= silenceOf(sighting.lease);
}

/**
 * Whether a holder is known to have lived at `sinceMs` of performance.now() or later. isAlive also holds for one that is only not known
 * to be dead.
 */
export function isSeenAlive(sighting: Sighting, sinceMs: number): boolean {
  const verdict = judgeProcess(sighting.lease, sighting.writtenMs);
  if (verdict !== 'unseen') return verdict === 'alive';
  const { isBeat, sinceMs: unchangedSinceMs } = observe(sighting);
  return isBeat && unchangedSinceMs >= sinceMs;
}

interface Observation {
  token: string;
  writtenMs: number;
  /** When the file was first seen as it is now, by this process's own clock. */
  sinceMs: number;
  /** It had been seen before with another time: its holder lived in between. */
  isBeat: boolean;
}

const observations = new Map<string, Observation>();

function observe({ path, lease: { token }, writtenMs }: Sighting): Observation {
  const before = observations.get(path);
  const isSameLease = before?.token === token;
  if (isSameLease && before.writtenMs === writtenMs) return before;
  const now = { token, writtenMs, sinceMs: performance.now(), isBeat: isSameLease };
  observations.set(path, now);
  return now;
}

/** How long to watch a lease before its holder counts as dead. */
export const silenceOf = ({ heartbeatMs = HEARTBEAT_MS }: LeaseRecord): number => (heartbeatMs / HEARTBEAT_MS) * SILENCE_MS;

/** Clock ticks since boot; null for a process that is gone or a zombie; undefined where the system does not tell. */
export function readStartTime(pid: number): number | null | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold spaces and brackets
    return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
  } catch {
    return canSignal(pid) ? undefined : null; // some systems hide the processes of other users
  }
}

/** Of this start of the machine; null where the system does not tell. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** In which the numbers of processes mean what they mean here: "pid:[4026531836]"; null where the system does not tell. */
export function readPidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function canSignal(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
