// Where everything is: the per-user cache, shared by checkouts and packages, and tfjs-node-gpu, into which TensorFlow is put.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupProblem } from './problem.js';
import { NODE_API_VERSION, TENSORFLOW_VERSION } from './versions.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(join(root, 'package.json'));

/** Whether this is a package that npm installed: it holds no sources. */
export const isPackage = !existsSync(join(root, 'src'));

/** What begins a command of Facet, where it started the set-up; npm runs the set-up of a checkout in its folder. */
export const startOfCommands = process.env.FACET_START || 'npx facet';
/** The command that starts the set-up, with one of its options. */
export const setUpCommand = (option) =>
  isPackage ? [startOfCommands, 'setup', option].filter(Boolean).join(' ') : `npm run setup${option ? ` -- ${option}` : ''}`;
/** The command that installs Facet's packages anew. */
export const installCommand = isPackage ? 'npm install' : `npm ci && ${setUpCommand()}`;

/** $FACET_CACHE, else $XDG_CACHE_HOME/facet, else ~/.cache/facet. */
function cacheFolder(environment = process.env) {
  if (environment.FACET_CACHE) return resolve(environment.FACET_CACHE);
  const base = environment.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(home(), '.cache'), 'facet');
}

function home() {
  let found = '';
  try {
    found = homedir();
  } catch {
    // no HOME, and no entry in /etc/passwd
  }
  if (found) return found;
  throw new SetupProblem('HOME is not set, and this user has no home folder', 'Set FACET_CACHE to a folder that can be written to.');
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

/** In a checkout tfjs-node-gpu is installed apart from the other packages: see tfjs.js. */
export const tfjsProject = join(root, 'tensorflow');

/** Folder of tfjs-node-gpu, or null where it is not there yet: src/machine/installation.ts looks in the same places. */
export function tfjsFolder() {
  if (isPackage) return copyCarriedTfjs();
  const isWhole = existsSync(join(tfjsProject, 'node_modules', '.package-lock.json')); // npm writes it last
  return isWhole ? join(tfjsProject, 'node_modules/@tensorflow/tfjs-node-gpu') : packageFolder('@tensorflow/tfjs-node-gpu');
}

/** A package carries tfjs-node-gpu in one file, and uses it from a copy in the cache, so that nothing is written into the package. */
function copyCarriedTfjs() {
  const carried = join(root, 'dist/package/tfjs-node-gpu');
  const { cacheName } = JSON.parse(readFileSync(join(carried, 'package.json'), 'utf8'));
  const folder = join(tensorflowCache(), 'packages', cacheName);
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}.tmp`;
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(carried, temporary, { recursive: true });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else: somebody made the same at the same time
  }
  return folder;
}

export const addonFile = (tfjs) => join(tfjs, 'lib', `napi-v${NODE_API_VERSION}`, 'tfjs_binding.node');
export const manifestFile = (tfjs) => join(tfjs, 'facet-install.json');
