// .requests/ of an experiment: how another process asks its runner about one run. Each request names the lease that it is meant for, as
// stop.json does for the whole experiment.

import { type FSWatcher, readdirSync, renameSync, rmSync, watch } from 'node:fs';
import { makeFolders } from '../files/make-folders.ts';
import { readJson } from '../files/read.ts';
import { removeIfPossible, writeJsonAtomic } from '../files/write.ts';
import { runnerLeaseFile, runRequestFile, runRequestsFolder } from '../paths.ts';
import type { LeaseRecord, RunRequest } from '../records.ts';
import { readLiveLease } from './lease.ts';

/**
 * Asks the live runner of an experiment about a run, and returns its lease; null, with nothing written, where nobody is at work. The last request
 * about a run counts, but for one: a stop at once is not made weaker by a patient one. Throws a WriteFailure.
 */
export function requestOfRun(
  experimentFolder: string,
  { run, wish, by }: { run: string } & Pick<RunRequest, 'wish' | 'by'>,
): LeaseRecord | null {
  const holder = readLiveLease(runnerLeaseFile(experimentFolder));
  if (!holder) return null;
  const path = runRequestFile(experimentFolder, run);
  const pending = readRequest(path);
  if (wish === 'stop' && pending?.token === holder.token && pending.wish === 'end') return holder;
  makeFolders(runRequestsFolder(experimentFolder));
  writeJsonAtomic(path, { token: holder.token, wish, requestedAt: new Date().toISOString(), by } satisfies RunRequest);
  return holder;
}

/** Whether a request to the holder of this lease waits to be taken up. */
export function isRunRequested(experimentFolder: string, { run, token }: { run: string; token: string }): boolean {
  return readRequest(runRequestFile(experimentFolder, run))?.token === token;
}

/** Takes back a request to a runner that has left without reading it, or that is to be waited for no longer. */
export function removeRunRequest(experimentFolder: string, { run, token }: { run: string; token: string }): void {
  if (isRunRequested(experimentFolder, { run, token })) rmSync(runRequestFile(experimentFolder, run), { force: true });
}

export interface RunRequests {
  /** Hands over each request from here on, and first those that have come already. Each is gone from the folder then. */
  listen(take: (run: string, request: RunRequest) => void): void;
  /** From here on requests stay where they are. */
  close(): void;
}

/** As in stop-request.ts: not every disk tells of what others write. */
const LOOK_EVERY_MS = 1000;

/** Opens the requests to the holder of this lease. Does not keep the process alive. What was asked of former holders is removed. */
export function openRunRequests(experimentFolder: string, token: string): RunRequests {
  const early: [string, RunRequest][] = [];
  let take = (run: string, request: RunRequest): void => {
    early.push([run, request]);
  };
  let isClosed = false;
  const look = () => {
    for (const run of listRequested(experimentFolder)) {
      if (isClosed) return;
      const request = takeRequest(runRequestFile(experimentFolder, run), token);
      if (request) take(run, request);
    }
  };
  const watcher = tryToWatch(runRequestsFolder(experimentFolder), look);
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    listen(next) {
      take = next;
      for (const [run, request] of early.splice(0)) take(run, request);
    },
    close() {
      isClosed = true;
      clearInterval(timer);
      watcher?.close();
    },
  };
}

/** Removes a request, and returns it where it is meant for the holder of this lease. */
function takeRequest(path: string, token: string): RunRequest | null {
  // Moved away first: a request that is written while this one is read is left for the next look.
  const taken = `${path}.${token}.tmp`;
  try {
    renameSync(path, taken);
  } catch {
    return null;
  }
  const request = readRequest(taken);
  removeIfPossible(taken);
  return request?.token === token ? request : null;
}

function listRequested(experimentFolder: string): string[] {
  try {
    const names = readdirSync(runRequestsFolder(experimentFolder));
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

function tryToWatch(folder: string, look: () => void): FSWatcher | null {
  try {
    makeFolders(folder);
    const watcher = watch(folder, { persistent: false }, look);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

function readRequest(path: string): RunRequest | null {
  return readJson<RunRequest>(path, isRunRequest, 'a request about a run').value;
}

function isRunRequest({ token, wish, by }: Record<string, unknown>): boolean {
  return typeof token === 'string' && typeof by === 'string' && (wish === 'stop' || wish === 'end' || wish === 'go-on');
}
