// Bundles a TypeScript file so that it can run as a process of its own, outside vitest.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { buildWorkers } from '../../scripts/build.js';

/** Path of the bundle, in a temporary folder of its own that the caller removes. */
export async function bundle(entry: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'facet-bundle-')), 'bundle.mjs');
  const workers = join(dirname(outfile), 'workers');
  await buildWorkers(workers);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    absWorkingDir: FACET_ROOT,
    // Packages in CommonJS, such as the reader of zip archives, ask for modules of Node by it.
    banner: {
      js: "import { createRequire as facetCreateRequire } from 'node:module'; const require = facetCreateRequire(import.meta.url);",
    },
    define: { FACET_ROOT: JSON.stringify(FACET_ROOT), FACET_WORKERS: JSON.stringify(workers) },
  });
  return outfile;
}
