// Room: results/leases. stop.json: how somebody else asks the runner of an experiment to stop. It names the lease that it is
// meant for, so that a request which came too late for one runner never stops the next.

import { renameSync, rmSync } from 'node:fs';
import { readJson } from '../files/read-json.ts';
import { writeJsonAtomic } from '../files/write.ts';
import { runnerLeaseFile, stopRequestFile } from '../paths.ts';
import type { LeaseRecord, StopRequest } from '../records.ts';
import { readLiveLease } from './lease.ts';

/** Asks the live runner of an experiment, and returns its lease; null, with nothing written, where nobody is at work. Throws the system's errors. */
export function requestStop(experimentFolder: string, { kind, by }: Pick<StopRequest, 'kind' | 'by'>): LeaseRecord | null {
  const holder = readLiveLease(runnerLeaseFile(experimentFolder));
  if (!holder) return null;
  const request: StopRequest = { token: holder.token, kind, requestedAt: new Date().toISOString(), by };
  writeJsonAtomic(stopRequestFile(experimentFolder), request);
  return holder;
}

/** Removes the request there is, and returns it if it is meant for the holder of this lease. Called by that holder. */
export function takeStopRequest(experimentFolder: string, token: string): StopRequest | null {
  // Moved away first: a request that is written while this one is read is left for the next look.
  const taken = `${stopRequestFile(experimentFolder)}.${token}.tmp`;
  try {
    renameSync(stopRequestFile(experimentFolder), taken);
  } catch {
    return null;
  }
  const { value } = readJson<StopRequest>(taken, isStopRequest, 'a stop request');
  rmSync(taken, { force: true, recursive: true });
  return value?.token === token ? value : null;
}

/** Whether a request to the holder of this lease waits to be taken up. */
export function isStopRequested(experimentFolder: string, token: string): boolean {
  return readJson<StopRequest>(stopRequestFile(experimentFolder), isStopRequest, 'a stop request').value?.token === token;
}

function isStopRequest({ token, kind, by }: Record<string, unknown>): boolean {
  return typeof token === 'string' && typeof by === 'string' && (kind === 'graceful' || kind === 'forced');
}
