// Bundles the sources into a folder named by their fingerprint, once. A running sweep keeps the folder it started
// with, so editing code never changes a run that is under way. Plain JavaScript: it runs before anything is built.

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInUse } from './bundle-users.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const KEEP_UNUSED_MS = 7 * 24 * 3600 * 1000;

/**
 * Returns the folder of the bundles that belong to the sources as they are now; builds them where missing. They lie in dist/ of the checkout
 * where set-up or `inCheckout` has made that folder, else in the cache: no command writes into a checkout by itself, which may be read-only
 * or another user's. Throws a BuildProblem where they can be kept nowhere, or a package is missing.
 * @param {{ inCheckout?: boolean }} options
 */
export async function ensureBuilt({ inCheckout = existsSync(join(root, 'dist')) } = {}) {
  const name = fingerprint();
  const own = join(root, 'dist', name);
  if (existsSync(own)) return own;
  const problems = [];
  for (const folder of [...(inCheckout ? [own] : []), ...cachedFolders(name), ...(inCheckout ? [] : [own])]) {
    try {
      return existsSync(folder) ? folder : await buildIn(folder, folder !== own);
    } catch (error) {
      const missing = findMissingPackage(error);
      if (missing) throw new BuildProblem(`${missing} is not installed, which Facet needs since it was updated. Run \`npm ci\` in ${root}`);
      if (typeof error.code !== 'string' || error.syscall === undefined) throw error;
      problems.push(`${dirname(folder)} (${error.code})`);
    }
  }
  throw new BuildProblem(
    `Facet has to bundle its sources once and can write to none of ${problems.join(', ')}. Set FACET_CACHE to a folder that can be written to, or let the owner of the checkout run \`npm run setup\``,
  );
}

/** Whose import could not be resolved, where that is what went wrong. */
function findMissingPackage({ code, message, errors = [] }) {
  if (code === 'ERR_MODULE_NOT_FOUND') return /package '([^']+)'/.exec(message)?.[1];
  return errors.map(({ text }) => /^Could not resolve "([^."][^"]*)"/.exec(text)?.[1]).find(Boolean);
}

/** What a person can mend: one line. */
export class BuildProblem extends Error {}

/** In the cache; none where there is no home folder. Checkouts that lie elsewhere have other bundles, since these hold their place. */
function cachedFolders(name) {
  const cache = cacheFolder();
  return cache === null ? [] : [join(cache, 'builds', `${name}-${hashOf(root)}`)];
}

function cacheFolder() {
  const { FACET_CACHE, XDG_CACHE_HOME } = process.env;
  if (FACET_CACHE) return resolve(FACET_CACHE);
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'facet');
  try {
    const home = homedir();
    return home ? join(home, '.cache', 'facet') : null;
  } catch {
    return null; // no HOME, and no entry in /etc/passwd
  }
}

/** As ensureBuilt, for a user who may not say in that folder that he uses it: a copy in the cache, where that can be made. */
export async function ensureOwn(folder) {
  for (const copy of cachedFolders(basename(folder))) {
    try {
      return existsSync(copy) ? copy : await buildIn(copy, true, (to) => cpSync(folder, to, { recursive: true }));
    } catch {
      // no cache either
    }
  }
  return folder;
}

async function buildIn(folder, isApart, build = (to) => buildBundles(to, { sourcemap: 'linked', logLevel: 'silent' })) {
  const temporary = `${folder}.${process.pid}.tmp`;
  makeFolders(dirname(folder));
  mkdirSync(temporary);
  try {
    await build(temporary);
    if (isApart) {
      writeFileSync(join(temporary, 'package.json'), `${JSON.stringify({ type: 'module', facetRoot: root })}\n`);
      symlinkSync(join(root, 'node_modules'), join(temporary, 'node_modules')); // where bundles find packages
    }
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else: somebody built the same at the same time
  }
  removeOldBuilds(folder);
  return folder;
}

/** One level at a time: Node's recursive mkdir never returns below /proc. */
function makeFolders(path) {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
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
      'slurm/task': 'src/runner/executors/slurm/task/main.ts',
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
    entryPoints: {
      'large-file': 'src/model/training/checkpoints/large-file-thread.ts',
      metrics: 'src/dashboard/curves/metrics-thread.ts',
    },
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

const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Those beside it that nobody uses, and nobody has used for a week. */
function removeOldBuilds(current) {
  const parent = dirname(current);
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (path === current || name === 'package') continue;
    if (Date.now() - lastUsedMs(path) > KEEP_UNUSED_MS && !isInUse(path)) rmSync(path, { recursive: true, force: true });
  }
}

/** Now where it is gone: it was somebody else's build, and is in its place by now. */
function lastUsedMs(folder) {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}
