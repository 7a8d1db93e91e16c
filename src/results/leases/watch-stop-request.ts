// Room: results/leases. Notices stop.json in an experiment's folder.

import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { stopRequestFile } from '../paths.ts';
import type { StopRequest } from '../records.ts';
import { takeStopRequest } from './stop-request.ts';

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
