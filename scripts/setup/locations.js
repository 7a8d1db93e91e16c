// Where everything is: the per-user cache, shared by checkouts, and the package inside this checkout.

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_API_VERSION, TENSORFLOW_VERSION } from './versions.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(join(root, 'package.json'));

/** $FACET_CACHE, else $XDG_CACHE_HOME/facet, else ~/.cache/facet. */
function cacheFolder(environment = process.env) {
  if (environment.FACET_CACHE) return resolve(environment.FACET_CACHE);
  const base = environment.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'facet');
}

/** Holds the unpacked libraries of one version, the compiled addons and the lock. */
export const tensorflowCache = () => join(cacheFolder(), 'tensorflow');

/** @param {'cpu' | 'cuda'} kind */
export const libraryFolder = (kind) =>
  join(tensorflowCache(), `${TENSORFLOW_VERSION}-${kind}${process.arch === 'x64' ? '' : `-${process.arch}`}`);

/** The folders with CUDA's shared libraries in an unpacked library. */
export function listCudaFolders(library) {
  const nvidia = join(library, 'nvidia');
  const names = existsSync(nvidia) ? readdirSync(nvidia).sort() : [];
  return names.map((name) => join(nvidia, name, 'lib')).filter((folder) => existsSync(folder));
}

/** Folder of an installed package, or null. */
export function packageFolder(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

export const tfjsFolder = () => packageFolder('@tensorflow/tfjs-node-gpu');
export const addonFile = (tfjs) => join(tfjs, 'lib', `napi-v${NODE_API_VERSION}`, 'tfjs_binding.node');
export const manifestFile = (tfjs) => join(tfjs, 'facet-install.json');
