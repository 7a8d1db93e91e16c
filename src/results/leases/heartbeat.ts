// What a living holder does with its lease file: it renews the file's time, and notices when the lease is no longer its own.

import { closeSync, constants, futimesSync, openSync } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { readAt } from '../files/read.ts';
import type { LeaseRecord } from '../records.ts';

export interface Heartbeat {
  /** Whether the lease is still its holder's. Reads the file at most once in `heartbeatMs`, so that it can be asked before each write. */
  isHeld(): boolean;
  stop(): void;
}

export interface HeartbeatEvents {
  /** Somebody else has the lease: the file names another one. Called once. */
  onLost?: () => void;
  /** Nobody has it any more: the file is gone. */
  onGone?: () => void;
}

/** Renews the time of the lease file every `heartbeatMs`. Does not keep the process alive. */
export function startHeartbeat(path: string, { token, heartbeatMs }: LeaseRecord, { onLost, onGone }: HeartbeatEvents = {}): Heartbeat {
  const everyMs = heartbeatMs!;
  let isLost = false;
  let checkedAtMs = Date.now(); // also goes on while the machine sleeps
  const check = () => {
    if (isLost) return;
    checkedAtMs = Date.now();
    const state = renew(path, token);
    if (state === 'gone') onGone?.();
    if (state !== 'lost') return;
    isLost = true;
    clearInterval(timer);
    onLost?.();
  };
  const timer = setInterval(check, everyMs).unref();
  return {
    isHeld() {
      if (Math.abs(Date.now() - checkedAtMs) > everyMs * 1.5) check();
      return !isLost;
    },
    stop: () => clearInterval(timer),
  };
}

/** Held also where the system refuses to tell: the next look may succeed. */
function renew(path: string, token: string): 'held' | 'lost' | 'gone' {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (tokenOf(readAt(file, 0, MOST_BYTES).toString('utf8')) !== token) return 'lost';
      const now = new Date();
      futimesSync(file, now, now); // of this file alone: a successor's, renamed over it meanwhile, is not touched
      return 'held';
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT' ? 'gone' : 'held';
  }
}

export const MOST_BYTES = 64 * 1024;

function tokenOf(text: string): unknown {
  try {
    return JSON.parse(text)?.token;
  } catch {
    return undefined;
  }
}
