#!/usr/bin/env node
// Hands over to src/cli.ts: in a checkout after building the bundles if the sources changed; a package holds no sources, and carries them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const folder = existsSync(join(root, 'src')) ? await build() : join(root, 'dist/package');
if (folder !== null) await import(pathToFileURL(join(folder, 'cli.js')).href);

/** null where that is not possible here: one line says why. */
async function build() {
  const { BuildProblem, ensureBuilt, ensureOwn } = await import('../scripts/build.js');
  const { useBundles } = await import('../scripts/bundle-users.js');
  try {
    const folder = await ensureBuilt();
    if (useBundles(folder)) return folder;
    const own = await ensureOwn(folder);
    if (own !== folder) useBundles(own);
    return own;
  } catch (error) {
    if (!(error instanceof BuildProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return null;
  }
}
