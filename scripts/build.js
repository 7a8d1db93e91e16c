// Bundles the sources into dist/<fingerprint of the sources>/, once. A running sweep keeps the folder it started
// with, so editing code never changes a run that is under way. Plain JavaScript: it runs before anything is built.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const KEEP_UNUSED_MS = 7 * 24 * 3600 * 1000;

/** Returns the folder of the bundles that belong to the sources as they are now; builds them where missing. */
export async function ensureBuilt() {
  const folder = join(root, 'dist', fingerprint());
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}.tmp`;
  await buildBundles(temporary, { sourcemap: 'linked' });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else: somebody built the same at the same time
  }
  removeOldBuilds(folder);
  return folder;
}

/**
 * Bundles all that Facet is into a folder of dist: the command, the library, the programs that it starts, the dashboard's client. Returns
 * the files that went into it, from the root.
 * @param {string} folder
 * @param {import('esbuild').BuildOptions} options more of esbuild's
 */
export async function buildBundles(folder, options = {}) {
  mkdirSync(folder, { recursive: true });
  const { build } = await import('esbuild');
  const common = {
    bundle: true,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: root,
    ...options,
  };
  const node = await build({
    ...common,
    entryPoints: {
      cli: 'src/cli.ts',
      index: 'src/index.ts',
      'model/main': 'src/model/child/main.ts',
      'model/grids': 'src/model/child/grids-main.ts',
      'model/oracle': 'src/model/child/oracle-main.ts',
      'model/generate': 'src/model/child/generate-main.ts',
      'model/evaluate': 'src/model/child/evaluate-main.ts',
      schema: 'src/experiment/schema/json-schema.ts', // for scripts/schema.js
    },
    outdir: folder,
    splitting: true,
    external: ['@tensorflow/*', 'sharp', 'webgpu', 'esbuild'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    // Bundled CommonJS packages call require for node's own modules.
    banner: {
      js: "import { createRequire as facetCreateRequire } from 'node:module'; const require = facetCreateRequire(import.meta.url);",
    },
    inject: ['scripts/places.js'],
  });
  await buildWorkers(join(folder, 'workers'));
  const browser = await build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    minify: true,
    entryPoints: { client: 'src/dashboard/client/main.ts', style: 'src/dashboard/client/style.css' },
    outdir: join(folder, 'dashboard'),
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  return [node, browser].flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/** Bundles what runs in threads of its own into a folder, whose path a bundle of the rest needs as FACET_WORKERS. */
export async function buildWorkers(folder) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: { 'large-file': 'src/model/training/checkpoints/large-file-thread.ts' },
    bundle: true,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    logLevel: 'warning',
    absWorkingDir: root,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles) {
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, contents);
    renameSync(temporary, path); // somebody may be starting a thread from it
  }
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'scripts/build.js', 'scripts/places.js', ...listFiles('src')]) {
    const path = join(root, file);
    hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function listFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function removeOldBuilds(current) {
  const now = new Date();
  utimesSync(current, now, now);
  const parent = dirname(current);
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const usedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime(); // gone: somebody else's build, now in its place
    if (path !== current && now.getTime() - usedMs > KEEP_UNUSED_MS) rmSync(path, { recursive: true, force: true });
  }
}
