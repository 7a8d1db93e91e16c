// Who is at work on an experiment already, and what to do about it.

import { dirname } from 'node:path';
import { formatDuration } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import { isVisibleHere, readLastSign } from '../../results/leases/lease.ts';
import type { LeaseRecord } from '../../results/records.ts';

export function describeHolder(experiment: string, leaseFile: string, holder: LeaseRecord): string {
  const { pid, host, since } = holder;
  const stop = commandFor(dirname(dirname(leaseFile)), 'stop', experiment);
  const lastSignMs = readLastSign(leaseFile);
  const heard = lastSignMs === null ? '' : `, ${describeLastSign(lastSignMs)}`;
  const text = `${experiment} is being run by process ${pid} on ${host} since ${since}${heard}. Follow it with --attach, or stop it with: ${stop}`;
  return isVisibleHere(holder) ? text : `${text}; if that machine or container is gone for good, start again with --take-over`;
}

/** "last heard of 7d 3h ago", of a holder that cannot be seen from here. */
export function describeLastSign(lastSignMs: number, nowMs: number = Date.now()): string {
  return `last heard of ${formatDuration(Math.max(0, (nowMs - lastSignMs) / 1000))} ago`;
}

/** Whether a holder that cannot be seen has been silent for so long that it hardly lives; by the clock, which can be another machine's. */
export const isSilent = (lastSignMs: number | null, nowMs: number = Date.now()): boolean =>
  lastSignMs !== null && nowMs - lastSignMs > SILENT_MS;

const SILENT_MS = 5 * 60_000;
