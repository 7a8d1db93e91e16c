// What is installed on this machine for training, told without loading any of it: native TensorFlow as scripts/setup.js left
// it, the packages that come with npm, and the command of this Facet.

import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, sep } from 'node:path';
import { defaultCacheRoot } from './cache-root.ts';

/** Whether this is a package that npm installed: it holds no sources. */
export const isPackage = !existsSync(join(FACET_ROOT, 'src'));

/** The command that sets native TensorFlow up, with one of its options, from where it is read. */
export function setUpCommand(option?: '--cpu' | '--cuda'): string {
  if (isPackage) return [`${startOfCommands()} setup`, option].filter(Boolean).join(' ');
  const nearest = listParents(process.cwd()).find((parent) => existsSync(join(parent, 'package.json')));
  const isHere = nearest !== undefined && isSameFile(nearest, FACET_ROOT);
  return `npm ${isHere ? '' : `--prefix ${quoteForShell(FACET_ROOT)} `}run setup${option ? ` -- ${option}` : ''}`;
}

/** Whether the package brings the compiled addon for this kind of processor, so that set-up needs no compiler. */
export const carriesAddon = isPackage && existsSync(join(FACET_ROOT, 'dist/package/tfjs-node-gpu/prebuilt', process.arch));

/** The part of facet-install.json, written by scripts/setup.js, that matters afterwards. */
export interface Installation {
  /** Version, e.g. "2.21.0". */
  tensorflow: string;
  kind: 'cpu' | 'cuda';
  /** Whether TensorFlow found a GPU when it was installed. */
  gpu: boolean;
  /** Why not CUDA, on a machine with an NVIDIA driver. */
  note: string | null;
  /** The unpacked library, shared with other checkouts. */
  cacheFolder: string;
  /** Folders that LD_LIBRARY_PATH must name before a process starts, so that TensorFlow finds CUDA in it; often ''. */
  libraryPath: string;
}

export type InstallationState = { installation: Installation; fault: null } | { installation: null; fault: string };

/** Native TensorFlow in this checkout, or in half a sentence why there is none. */
export function readInstallation(tfjs: string | null = findTfjs()): InstallationState {
  if (!tfjs) return missing(`native TensorFlow is not set up (run \`${setUpCommand()}\`)`);
  let installation: Installation;
  try {
    installation = JSON.parse(readFileSync(join(tfjs, 'facet-install.json'), 'utf8'));
  } catch {
    return missing(`native TensorFlow is not set up (run \`${setUpCommand()}\`)`);
  }
  const needed = ['lib/napi-v8/tfjs_binding.node', 'deps/lib/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_framework.so.2'];
  const faults = needed.map((path) => findFault(join(tfjs, path))).filter((code) => code !== null);
  if (faults.length === 0) return { installation, fault: null };
  if (faults.some((code) => code === 'EACCES' || code === 'EPERM')) {
    return missing(
      `native TensorFlow was set up in ${installation.cacheFolder}, which this user may not read (open that folder, or set FACET_CACHE and run \`${setUpCommand()}\` in a checkout of your own)`,
    );
  }
  return missing(`native TensorFlow was set up, but its files in ${installation.cacheFolder} are gone (run \`${setUpCommand()}\`)`);
}

/** The system's word for why a file cannot be used; null where it can. */
function findFault(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/** What a process that trains needs in its environment before it starts; add it to the other variables. */
export function libraryEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const libraryPath = readInstallation().installation?.libraryPath;
  if (!libraryPath) return {};
  const inherited = environment.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: inherited ? `${libraryPath}:${inherited}` : libraryPath };
}

/**
 * Folder of tfjs-node-gpu, into which native TensorFlow is put; null where it is not installed. In a checkout it is installed apart from
 * the other packages; a package of Facet carries it, and set-up copies it into the cache: see scripts/setup/locations.js.
 */
export function findTfjs(): string | null {
  if (!isPackage) {
    const apart = join(FACET_ROOT, 'tensorflow/node_modules');
    const isWhole = existsSync(join(apart, '.package-lock.json'));
    return isWhole ? join(apart, '@tensorflow/tfjs-node-gpu') : findPackage('@tensorflow/tfjs-node-gpu');
  }
  const { cacheName } = JSON.parse(readFileSync(join(FACET_ROOT, 'dist/package/tfjs-node-gpu/package.json'), 'utf8'));
  return join(defaultCacheRoot(), 'tensorflow', 'packages', cacheName);
}

/** Folder of an installed package, or null. */
export function findPackage(name: string): string | null {
  try {
    return dirname(createRequire(join(FACET_ROOT, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

export function packageVersion(name: string): string | null {
  const folder = findPackage(name);
  return folder ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version : null;
}

const missing = (fault: string): InstallationState => ({ installation: null, fault });

/** As a word of a command line. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * What starts this Facet in a folder: `npx facet` where npx finds it, in a checkout and where it is installed; `facet` where the shell
 * does; else the file itself, which works anywhere.
 */
export function startOfCommands(folder: string = process.cwd()): string {
  const key = `${folder}\n${process.env.PATH}`;
  let start = starts.get(key);
  if (start === undefined) {
    start = isFoundByNpx(folder) ? 'npx facet' : isFoundByShell() ? 'facet' : `node ${quoteForShell(OWN_FILE)}`;
    starts.set(key, start);
  }
  return start;
}

const starts = new Map<string, string>();
const OWN_FILE = join(FACET_ROOT, 'bin', 'facet.js');

/** npx looks from the nearest folder with a package.json or node_modules upwards; a package finds its own command as well. */
function isFoundByNpx(folder: string): boolean {
  const parents = listParents(folder);
  const nearest = parents.find((parent) => existsSync(join(parent, 'package.json')) || existsSync(join(parent, 'node_modules')));
  if (nearest === undefined) return false;
  if (isSameFile(nearest, FACET_ROOT)) return true;
  const installed = parents
    .slice(parents.indexOf(nearest))
    .map((parent) => join(parent, 'node_modules', '.bin', 'facet'))
    .find((file) => existsSync(file));
  return installed !== undefined && isSameFile(installed, OWN_FILE);
}

/** Not by what npx and npm add to PATH for the commands that they start. */
function isFoundByShell(): boolean {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(join(sep, 'node_modules', '.bin')));
  const found = folders.map((folder) => join(folder, 'facet')).find(isProgram);
  return found !== undefined && isSameFile(found, OWN_FILE);
}

function listParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...listParents(parent)];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isSameFile(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
