// Who uses a folder of bundles: each process has a file in it while it lives, so that the bundles of a sweep of weeks are not removed.

import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess, judgeProcess, parseProcess } from './setup/processes.js';

const RENEW_EVERY_MS = 3600_000;
/** A user that cannot be seen from here, on another machine or in another PID namespace, counts as gone after so long. */
const SILENCE_MS = 24 * RENEW_EVERY_MS;

/** Says that this process uses the bundles until it ends. False where the folder may not be written to. */
export function useBundles(folder) {
  const users = join(folder, 'users');
  const own = join(users, describeProcess());
  const renew = () => {
    try {
      const now = new Date();
      utimesSync(folder, now, now);
      if (existsSync(own)) utimesSync(own, now, now);
      else writeFileSync(own, '');
    } catch {
      // the next time
    }
  };
  try {
    mkdirSync(users, { recursive: true }); // somebody else may just have made it
    writeFileSync(own, '');
    listUsers(users); // forgets those that are gone
  } catch {
    return false;
  }
  renew();
  setInterval(renew, RENEW_EVERY_MS).unref();
  process.on('exit', () => rmSync(own, { force: true }));
  return true;
}

/** Whether a living process uses them. */
export function isInUse(folder) {
  return listUsers(join(folder, 'users')).length > 0;
}

function listUsers(users) {
  if (!existsSync(users)) return [];
  return readdirSync(users).filter((name) => {
    const path = join(users, name);
    const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (writtenMs === undefined) return false;
    const verdict = judgeProcess(parseProcess(name), writtenMs);
    const isAlive = verdict === 'alive' || (verdict === 'unseen' && Date.now() - writtenMs < SILENCE_MS);
    if (!isAlive) tryToRemove(path);
    return isAlive;
  });
}

function tryToRemove(path) {
  try {
    rmSync(path, { force: true });
  } catch {
    // another user's
  }
}
