// Set-up. The system's programs that it uses: finding them, and running them so that none outlives this process.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Full path of a program on the PATH (or of a path), or null. */
export function findProgram(name) {
  const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // not here
    }
  }
  return null;
}

/**
 * Runs a program to its end, whatever that end is.
 * @param {string[]} command program and arguments
 * @param {{ environment?: Record<string, string>, timeoutMs?: number, onLine?: (line: string) => void }} options
 * @returns {Promise<{ ok: boolean, exitCode?: number, signal?: string, timedOut: boolean, stdout: string, stderr: string }>}
 */
export async function runProgram(command, { environment = {}, timeoutMs = 0, onLine } = {}) {
  const { execa } = await import('execa');
  const [program, ...args] = [...endWithParent(), ...command];
  const child = execa(program, args, { env: environment, stdin: 'ignore', reject: false, timeout: timeoutMs, stripFinalNewline: true });
  if (onLine) for await (const line of child.iterable()) onLine(line);
  const { failed, exitCode, signal, timedOut, stdout, stderr } = await child;
  return { ok: !failed, exitCode, signal, timedOut, stdout: String(stdout ?? ''), stderr: String(stderr ?? '') };
}

/** execa ends its children when this process exits; only the kernel can when it is killed. */
function endWithParent() {
  const setpriv = findProgram('setpriv');
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : [];
}
