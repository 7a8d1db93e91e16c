// Room: cli (pure). Who is at work on an experiment already.

import { hostname } from 'node:os';
import type { LeaseRecord } from '../results/records.ts';

export function describeHolder(experiment: string, leaseFile: string, { pid, host, since }: LeaseRecord): string {
  const start = `${experiment} is being run by process ${pid} on ${host} since ${since}`;
  if (host === hostname()) return `${start}. Wait for it, or stop it with: kill -INT ${pid}`;
  return `${start}. Wait for it, or stop it there; if that machine is gone for good, delete ${leaseFile}`;
}
