// Programs on the PATH, and pip in whichever way it is installed. Throws nothing.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** Full path of the first of these programs that is on the PATH. */
export function findProgram(names: readonly string[], path: string = process.env.PATH ?? ''): string | null {
  const candidates = names.flatMap((name) =>
    path
      .split(delimiter)
      .filter(Boolean)
      .map((folder) => join(folder, name)),
  );
  return candidates.find(isExecutable) ?? null;
}

/** "pip 23.2.1", or null where neither Python's own nor a separate pip answers. */
export async function readPipVersion(): Promise<string | null> {
  for (const [program, ...args] of [
    ['python3', '-m', 'pip'],
    ['python', '-m', 'pip'],
    ['pip3'],
    ['pip'],
    ['uv', 'tool', 'run', '--offline', 'pip'],
  ] as const) {
    const { stdout, failed } = await execa(program, [...args, '--version'], { reject: false, timeout: 20_000, stdin: 'ignore' });
    const version = failed ? null : /^pip \d[\w.]*/.exec(stdout)?.[0];
    if (version) return version;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
