// node bench/run.js NAME [--backend tensorflow|webgpu|wasm] [ARGS]: bundles bench/NAME.ts as the product is bundled, and runs it.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildWorkers } from '../scripts/build.js';

const root = join(import.meta.dirname, '..');
const [name, ...rest] = process.argv.slice(2);
const place = rest.indexOf('--backend');
const [, backend] = place < 0 ? [] : rest.splice(place, 2);
const outfile = join(root, 'dist', 'bench', `${name}.js`);
const workers = join(root, 'dist', 'bench', 'workers');
await buildWorkers(workers);
await build({
  bundle: true,
  format: 'esm',
  target: 'node20',
  platform: 'node',
  logLevel: 'warning',
  entryPoints: [join(root, 'bench', `${name}.ts`)],
  outfile,
  external: ['@tensorflow/*', 'sharp', 'webgpu', 'playwright-core'],
  banner: { js: "import { createRequire as facetCreateRequire } from 'node:module'; const require = facetCreateRequire(import.meta.url);" },
  define: { FACET_ROOT: JSON.stringify(root), FACET_WORKERS: JSON.stringify(workers) },
});
// As the runner starts a child: src/runner/executors/local/child-environment.ts. Peers inherit it.
const GLIBC_TUNABLES = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=1073741824';
const defaults = {
  ...{ TF_CPP_MIN_LOG_LEVEL: '3', TF_ENABLE_ONEDNN_OPTS: '1', GLIBC_TUNABLES },
  ...{ TF_DETERMINISTIC_OPS: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true' }, // act on a GPU only
};
const libraries = join(root, 'dist', 'bench', 'libraries.mjs');
await build({
  ...{ bundle: true, format: 'esm', platform: 'node', logLevel: 'warning', outfile: libraries },
  stdin: { contents: "export { libraryEnvironment } from './src/machine/installation.ts';", resolveDir: root },
  define: { FACET_ROOT: JSON.stringify(root) },
});
const { libraryEnvironment } = await import(libraries);
const { status } = spawnSync(process.execPath, [outfile, ...rest], {
  stdio: 'inherit',
  env: { ...defaults, ...process.env, ...libraryEnvironment(), ...(backend && { FACET_BACKEND: backend }) },
});
process.exit(status ?? 1);
