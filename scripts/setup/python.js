// Python and its package installer: TensorFlow's library comes as a Python wheel.

import { findProgram, runProgram } from './programs.js';

const LOOK_FOR_PIP = 'import importlib.util, zipfile; print(importlib.util.find_spec("pip") is not None)';

/** @returns {Promise<{ python: string | null, pip: string[] | null }>} an interpreter, and the command that starts pip */
export async function findPython() {
  let python = null;
  for (const path of ['python3', 'python'].map(findProgram).filter(Boolean)) {
    const { ok, stdout } = await runProgram([path, '-c', LOOK_FOR_PIP], { timeoutMs: 60_000 });
    if (ok && stdout === 'True') return { python: path, pip: [path, '-m', 'pip'] };
    if (ok) python ??= path;
  }
  const uv = findProgram('uv');
  python ??= uv && (await askUv(uv));
  const pip = findProgram('pip3') ?? findProgram('pip');
  return { python, pip: pip ? [pip] : uv && [uv, 'tool', 'run', 'pip'] };
}

/** An interpreter that uv has or knows of; null where it has none. */
async function askUv(uv) {
  const { ok, stdout } = await runProgram([uv, 'python', 'find'], { timeoutMs: 60_000 });
  return ok && stdout !== '' ? stdout : null;
}
