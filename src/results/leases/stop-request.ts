// stop.json of an experiment: how another process asks its runner to stop. It names the lease that it is meant for, so that a request which
// comes too late for one runner never stops the next.

import { type FSWatcher, linkSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readJson } from '../files/read.ts';
import { removeIfPossible, temporaryName, writeJsonAtomic } from '../files/write.ts';
import { runnerLeaseFile, stopRequestFile } from '../paths.ts';
import type { LeaseRecord, StopRequest } from '../records.ts';
import { readLiveLease } from './lease.ts';

/**
 * Asks the live runner of an experiment, and returns its lease; null, with nothing written, where nobody is at work. A request that the runner
 * has not taken up yet is made stronger, never weaker: whoever asked it to end at once waits for that. Throws the system's errors.
 */
export function requestStop(experimentFolder: string, { kind, by }: Pick<StopRequest, 'kind' | 'by'>): LeaseRecord | null {
  const holder = readLiveLease(runnerLeaseFile(experimentFolder));
  if (!holder) return null;
  const request: StopRequest = { token: holder.token, kind, requestedAt: new Date().toISOString(), by };
  if (kind === 'forced' || !writeUnlessAsked(experimentFolder, request)) writeJsonAtomic(stopRequestFile(experimentFolder), request);
  return holder;
}

/** True where the request stands there now, or one to the same runner did so already. False where one to another runner is in its place. */
function writeUnlessAsked(experimentFolder: string, request: StopRequest): boolean {
  const path = stopRequestFile(experimentFolder);
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, JSON.stringify(request));
    linkSync(temporary, path); // unlike a rename, never over another file
    return true;
  } catch {
    return isStopRequested(experimentFolder, request.token); // also where the disk has no links
  } finally {
    removeIfPossible(temporary);
  }
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

/** Network file systems, and a system that is out of watches, tell nothing of what others write: there only looking helps. */
const LOOK_EVERY_MS = 1000;

export interface StopWatchOptions {
  /** Of the runner's lease. */
  token: string;
  /** Called for each request that is meant for this runner. What it was asked is removed already. */
  onRequest(request: StopRequest): void;
  lookEveryMs?: number;
}

/** Removes what was left for a former runner, then watches. Does not keep the process alive. Returns a function that ends it. */
export function watchStopRequests(
  experimentFolder: string,
  { token, onRequest, lookEveryMs = LOOK_EVERY_MS }: StopWatchOptions,
): () => void {
  const look = () => {
    const request = takeStopRequest(experimentFolder, token);
    if (request) onRequest(request);
  };
  look();
  const watcher = tryToWatch(experimentFolder, look);
  const timer = setInterval(look, lookEveryMs).unref();
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
}

function tryToWatch(experimentFolder: string, look: () => void): FSWatcher | null {
  const name = basename(stopRequestFile(experimentFolder));
  try {
    const watcher = watch(experimentFolder, { persistent: false }, (_event, changed) => {
      if (changed === null || changed === name) look();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

function isStopRequest({ token, kind, by }: Record<string, unknown>): boolean {
  return typeof token === 'string' && typeof by === 'string' && (kind === 'graceful' || kind === 'forced');
}
