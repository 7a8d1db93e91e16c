// The addon that joins Node to TensorFlow's C library: compiled from the source in tfjs-node-gpu, once a cache.
// It uses Node-API only, so it fits every version of Node, and it finds the libraries beside itself in the package.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryFolder, packageFolder, tensorflowCache } from './locations.js';
import { asProblem, SetupProblem } from './problem.js';
import { findProgram, runProgram } from './programs.js';
import { NODE_API_VERSION, TENSORFLOW_VERSION } from './versions.js';

const FLAGS = ['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${NODE_API_VERSION}`, '-w', '-Wl,-rpath,$ORIGIN/../../deps/lib'];
const SOURCES = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
const OLDER_LIBSTDCXX = join(dirname(fileURLToPath(import.meta.url)), 'older_libstdcxx.cc');

export function findCompiler() {
  const names = [process.env.CXX, 'g++', 'c++', 'clang++'].filter(Boolean);
  return names.map(findProgram).find(Boolean) ?? null;
}

/** Where the addon for this package's source, these headers and this TensorFlow is kept. */
export function cachedAddon(tfjs) {
  const hash = createHash('sha256').update([TENSORFLOW_VERSION, process.arch, ...FLAGS].join('\0'));
  for (const name of readdirSync(join(tfjs, 'binding')).sort())
    hash.update(`\0${name}\0`).update(readFileSync(join(tfjs, 'binding', name)));
  hash.update(readFileSync(OLDER_LIBSTDCXX)).update(readVersion(packageFolder('node-api-headers')));
  return join(tensorflowCache(), 'addons', `${TENSORFLOW_VERSION}-tfjs-${readVersion(tfjs)}-${hash.digest('hex').slice(0, 12)}.node`);
}

export const isAddonCached = (tfjs) => existsSync(cachedAddon(tfjs));

/** Where a package of Facet carries the addon, compiled for the machine on which the package was made. */
const carriedAddon = (tfjs) => join(tfjs, 'prebuilt', process.arch, basename(cachedAddon(tfjs)));

/** Whether the addon is in the cache, put there from the package where that carries the one for this machine. Needs the lock. */
export function findAddon(tfjs) {
  const addon = cachedAddon(tfjs);
  if (existsSync(addon)) return true;
  if (!existsSync(carriedAddon(tfjs))) return false;
  mkdirSync(dirname(addon), { recursive: true });
  copyFileSync(carriedAddon(tfjs), `${addon}.tmp`);
  renameSync(`${addon}.tmp`, addon);
  return true;
}

/** Compiles the addon into the cache; needs the lock and a complete library. */
export async function compileAddon({ tfjs, kind, compiler }) {
  const library = join(libraryFolder(kind), 'tensorflow');
  const addon = cachedAddon(tfjs);
  const temporary = `${addon}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    const { ok, stderr } = await runProgram(
      [
        compiler,
        ...FLAGS,
        ...[tfjs, join(library, 'include'), join(packageFolder('node-api-headers'), 'include')].map((folder) => `-I${folder}`),
        ...SOURCES.map((path) => join(tfjs, path)),
        OLDER_LIBSTDCXX,
        ...['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => join(library, name)),
        ...['-o', join(temporary, 'addon.node')],
      ],
      { environment: { TMPDIR: temporary } },
    );
    if (!ok) throw explainFailure(compiler, stderr);
    renameSync(join(temporary, 'addon.node'), addon);
  } catch (error) {
    throw asProblem(error, temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function explainFailure(compiler, stderr) {
  const lines = stderr.split('\n').filter(Boolean);
  const line = lines.find((text) => /\berror:|No space left/.test(text)) ?? lines.at(-1) ?? 'no output';
  if (/No space left/.test(line)) return new Error('ENOSPC');
  return new SetupProblem(
    `${compiler} could not compile the addon: ${line}`,
    'Use a compiler that knows C++17, such as g++ 9 (CXX names another one).',
  );
}

const readVersion = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
