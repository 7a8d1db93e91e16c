// The system's programs that it uses: finding them, and running them so that none outlives this process.

import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

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
 * Runs a program to its end, whatever that end is. Without execa, which takes longer to load than most of these run.
 * @param {string[]} command program and arguments
 * @param {{ environment?: Record<string, string>, timeoutMs?: number, onLine?: (line: string) => void }} options
 * @returns {Promise<{ ok: boolean, exitCode: number | null, signal: string | null, timedOut: boolean, stdout: string, stderr: string }>}
 */
export function runProgram(command, { environment = {}, timeoutMs, onLine } = {}) {
  const [program, ...args] = [...endWithParent(), ...command];
  const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
  let timedOut = false;
  const kill = () => child.kill('SIGKILL');
  const timer = timeoutMs && setTimeout(() => (timedOut = kill()), timeoutMs);
  process.on('exit', kill);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      output.stderr += error.message;
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      process.off('exit', kill);
      const [stdout, stderr] = [output.stdout.trimEnd(), output.stderr.trimEnd()];
      resolve({ ok: exitCode === 0, exitCode, signal, timedOut, stdout, stderr });
    });
  });
}

/** Exiting ends a child; when this process is killed instead, only the kernel can. */
function endWithParent() {
  const setpriv = findProgram('setpriv');
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : [];
}
