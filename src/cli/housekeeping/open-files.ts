// Which files below a folder living processes have open or mapped, as far as the system tells this user.

import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Path as below `folder` -> a process that uses it; none on a system without /proc. */
export function listOpenFiles(folder: string): Map<string, number> {
  const found = new Map<string, number>();
  const real = tryTo(() => realpathSync(folder), null);
  if (real === null) return found;
  for (const pid of tryTo(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name))) {
    const open = tryTo(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) => tryTo(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ''));
    const mapped = tryTo(() => readFileSync(`/proc/${pid}/maps`, 'utf8'), '')
      .split('\n')
      .map((line) => line.slice(line.indexOf('/')));
    for (const path of [...open, ...mapped]) {
      if (path.startsWith(`${real}${sep}`)) found.set(join(folder, path.slice(real.length + 1)), Number(pid));
    }
  }
  return found;
}

function tryTo<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise; // of another user, or gone
  }
}
