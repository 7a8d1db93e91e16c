// Native TensorFlow at its first need, where Facet is an installed package: npm runs no script of a package that is installed without them.
// In a checkout `npm start` and `npm run setup` do it.

import { join } from 'node:path';
import { execa } from 'execa';
import { isPackage, readInstallation, startOfCommands } from '../machine/installation.ts';
import { findParentDeathPrefix } from './executors/local/no-orphans.ts';

/**
 * Runs the set-up where native TensorFlow is wanted and not there; what it says goes to standard error. Where it fails, it has said why,
 * and another backend computes. `backend`: what is asked for, by default by FACET_BACKEND. Returns false where somebody interrupted it.
 */
export async function setUpTensorflow(backend = process.env.FACET_BACKEND?.trim().toLowerCase()): Promise<boolean> {
  if (!isPackage || (backend && backend !== 'tensorflow') || readInstallation().installation) return true;
  process.stderr.write('Facet sets up native TensorFlow first. This is done once on this machine.\n');
  const [file, ...args] = [...(await findParentDeathPrefix()), process.execPath, join(FACET_ROOT, 'scripts/setup.js')];
  const { exitCode, signal } = await execa(file!, args, {
    stdio: ['ignore', process.stderr, process.stderr],
    reject: false,
    env: { FACET_START: startOfCommands() }, // what its hints begin with
  });
  return signal === undefined && (exitCode ?? 0) < 128;
}
