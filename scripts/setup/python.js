// Set-up. Python and its package installer: TensorFlow's library comes as a Python wheel.

import { findProgram, runProgram } from './programs.js';

/**
 * @typedef {{ python: string | null, pip: string[] | null }} Python
 * python: an interpreter; pip: the command that starts pip
 */

/** @returns {Promise<Python>} */
export async function findPython() {
  const interpreters = ['python3', 'python'].map(findProgram).filter(Boolean);
  const python =
    (
      await findFirst(
        interpreters.map((path) => [path]),
        ['-c', 'import zipfile, hashlib'],
      )
    )?.[0] ?? null;
  const installers = ['pip3', 'pip'].map(findProgram).filter(Boolean);
  const pip = await findFirst([...interpreters.map((path) => [path, '-m', 'pip']), ...installers.map((path) => [path])], ['--version']);
  return { python, pip };
}

/** The first command that succeeds with these arguments. */
async function findFirst(commands, args) {
  for (const command of commands) {
    if ((await runProgram([...command, ...args], { timeoutMs: 60_000 })).ok) return command;
  }
  return null;
}
