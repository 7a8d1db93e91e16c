// Who is at work on an experiment already, and what to do about it.

import { dirname } from 'node:path';
import { commandFor } from '../../results/commands.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import { isVisibleHere, readLastSign } from '../../results/leases/lease.ts';
import type { LeaseRecord } from '../../results/records.ts';

export function describeHolder(experiment: string, leaseFile: string, holder: LeaseRecord): string {
  const { pid, host, since } = holder;
  const stop = commandFor(dirname(dirname(leaseFile)), 'stop', experiment);
  const lastSignMs = readLastSign(leaseFile);
  const heard = lastSignMs === null ? '' : `, ${describeLastSign(lastSignMs, Date.now())}`;
  const text = `${experiment} is being run by process ${pid} on ${host} since ${since}${heard}. Follow it with --attach, or stop it with: ${stop}`;
  return isVisibleHere(holder) ? text : `${text}; if that machine or container is gone for good, start again with --take-over`;
}
