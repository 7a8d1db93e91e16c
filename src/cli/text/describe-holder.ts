// Who is at work on an experiment already, and what to do about it.

import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { LeaseRecord } from '../../results/records.ts';
import { sayResults } from './describe-command.ts';

export function describeHolder(experiment: string, leaseFile: string, { pid, host, since }: LeaseRecord): string {
  const stop = `npx facet stop ${experiment}${sayResults(dirname(dirname(leaseFile)))}`;
  const text = `${experiment} is being run by process ${pid} on ${host} since ${since}. Follow it with --attach, or stop it with: ${stop}`;
  return host === hostname() ? text : `${text}; if that machine is gone for good, delete ${leaseFile}`;
}
