// Who is at work on an experiment already, and what to do about it.

import { dirname } from 'node:path';
import { isVisibleHere } from '../../results/leases/lease.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { commandFor } from './describe-command.ts';

export function describeHolder(experiment: string, leaseFile: string, holder: LeaseRecord): string {
  const { pid, host, since, heartbeatMs } = holder;
  const stop = commandFor(dirname(dirname(leaseFile)), 'stop', experiment);
  const text = `${experiment} is being run by process ${pid} on ${host} since ${since}. Follow it with --attach, or stop it with: ${stop}`;
  return isVisibleHere(holder) || heartbeatMs ? text : `${text}; if that machine is gone for good, delete ${leaseFile}`;
}
