// Processes that say in the name of a file that they are at work, and whether they live. Runs before anything is built.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/**
 * As judgeProcess in src/results/leases/liveness.ts. `writtenMs`: when the file was last renewed. A file of a former version names no
 * namespace.
 */
export function judgeProcess({ pid, startTime, bootId, host, pidNamespace = '' }, writtenMs) {
  const isSameHost = host === hostname();
  const isSameBoot = bootId === readBootId();
  if (isSameBoot && bootId !== 'unknown') {
    const isVisible = pidNamespace === '' ? isSameHost : pidNamespace === readPidNamespace();
    return isVisible ? judgeNumber(pid, startTime) : 'unseen';
  }
  if (!isSameHost) return 'unseen';
  if (isSameBoot || bootId === 'unknown') return judgeNumber(pid, startTime);
  // A former boot of this machine; or another machine of the same name that has renewed the file since this one started.
  return writtenMs > Date.now() - uptime() * 1000 ? 'unseen' : 'dead';
}

function judgeNumber(pid, startTime) {
  return startTime === readStartTime(pid) ? 'alive' : 'dead';
}

/** This process in a name for a file that says that it is at work. */
export function describeProcess() {
  const fields = [String(process.pid), readStartTime(process.pid), readBootId(), hostname(), String(Date.now()), readPidNamespace()];
  return fields.map(encodeURIComponent).join(',');
}

/** What such a name says. */
export function parseProcess(name) {
  const [pid, startTime, bootId, host, since, pidNamespace] = name.split(',').map(decodeURIComponent);
  return { pid, startTime, bootId, host, since, pidNamespace };
}

/** Clock ticks since boot, or '' for a process that is gone. */
function readStartTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold spaces and brackets
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : fields[19];
  } catch {
    return '';
  }
}

/** '' where the system does not tell. */
function readPidNamespace() {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function readBootId() {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
