// node bench/run.js NAME [ARGS]: bundles bench/NAME.ts as the product is bundled, and runs it.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const [name, ...rest] = process.argv.slice(2);
const outfile = join(root, 'dist', 'bench', `${name}.js`);
await build({
  bundle: true,
  format: 'esm',
  target: 'node20',
  platform: 'node',
  logLevel: 'warning',
  entryPoints: [join(root, 'bench', `${name}.ts`)],
  outfile,
  external: ['@tensorflow/*', 'sharp', 'webgpu'],
  banner: { js: "import { createRequire as facetCreateRequire } from 'node:module'; const require = facetCreateRequire(import.meta.url);" },
  define: { FACET_ROOT: JSON.stringify(root) },
});
const { status } = spawnSync(process.execPath, [outfile, ...rest], {
  stdio: 'inherit',
  env: { TF_CPP_MIN_LOG_LEVEL: '3', ...process.env },
});
process.exit(status ?? 1);
