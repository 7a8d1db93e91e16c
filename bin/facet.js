#!/usr/bin/env node
// Hands over to src/cli.ts: in a checkout after building the bundles if the sources changed; a package holds no sources, and carries them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const folder = existsSync(join(root, 'src')) ? await build() : join(root, 'dist/package');
await import(pathToFileURL(join(folder, 'cli.js')).href);

async function build() {
  const { ensureBuilt } = await import('../scripts/build.js');
  return ensureBuilt();
}
