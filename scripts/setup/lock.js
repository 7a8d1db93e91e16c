// One set-up at a time in a cache. Every process announces itself in a file of its own, then looks at the others'
// files: of two that announce themselves, at least one sees the other. A file is never reused, so a dead process's file
// can be removed without a race, and nothing is left to clean up by hand after a kill.

import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeProcess, judgeProcess, parseProcess } from './processes.js';

/** These two numbers, and how a holder is judged, are those of src/results/leases/liveness.ts, which is not built yet when this runs. */
const HEARTBEAT_MS = 5_000;
/** A holder on another machine or in another PID namespace counts as gone when its file stays untouched for so long. */
const SILENCE_MS = 60_000;

/**
 * @param {string} folder for the files of all who want the lock
 * @param {(holder: { pid: number, host: string, since: Date }) => void} onWait called once for each holder waited for
 * @returns {Promise<() => void>} gives the lock back
 */
export async function acquireLock(folder, onWait) {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, describeProcess());
  const release = () => rmSync(own, { force: true });
  const watched = new Map();
  for (;;) {
    if (findHolders(folder, own, watched).length === 0) {
      writeFileSync(own, '');
      process.on('exit', release);
      const [other] = findHolders(folder, own, watched);
      if (!other) return keepAlive(own, release);
      process.off('exit', release);
      release();
    }
    for (const holder of findHolders(folder, own, watched)) {
      const watch = watched.get(holder.path);
      if (!watch.announced) onWait(holder);
      watch.announced = true;
    }
    await sleep(50 + 150 * Math.random());
  }
}

function keepAlive(own, release) {
  const heartbeat = setInterval(() => touch(own), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  };
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // removed by a machine that could not see this process: what the lock protects is also renamed into place
  }
}

/** The other processes that hold or want the lock; forgets dead ones. */
function findHolders(folder, own, watched) {
  const holders = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (path === own) continue;
    const holder = parseProcess(name);
    let stat;
    try {
      stat = statSync(path);
    } catch {
      continue; // gone meanwhile
    }
    const watch = watched.get(path);
    if (!watch || watch.mtimeMs !== stat.mtimeMs) {
      watched.set(path, { announced: watch?.announced ?? false, mtimeMs: stat.mtimeMs, seenMs: performance.now() });
    }
    const silentMs = performance.now() - watched.get(path).seenMs;
    const verdict = judgeProcess(holder, stat.mtimeMs);
    if (verdict === 'alive' || (verdict === 'unseen' && silentMs < SILENCE_MS))
      holders.push({ path, pid: Number(holder.pid), host: holder.host, since: new Date(Number(holder.since)) });
    else rmSync(path, { force: true });
  }
  return holders;
}
