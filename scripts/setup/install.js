// The whole of it: what is there already, what to install, in which order, and what to fall back to.

import { cachedAddon, compileAddon, findAddon, findCompiler } from './addon.js';
import { installLibrary, isLibraryComplete } from './library.js';
import { linkIntoPackage } from './link.js';
import { libraryFolder, listCudaFolders, packageFolder, setUpCommand, tensorflowCache, tfjsFolder } from './locations.js';
import { acquireLock } from './lock.js';
import { findNvidiaDriver, findWheelPlatforms } from './machine.js';
import { readManifest, removeManifest, writeManifest } from './manifest.js';
import { asProblem, SetupProblem } from './problem.js';
import { findPython } from './python.js';
import { installTfjs } from './tfjs.js';
import { verifyInstallation } from './verify.js';
import { NVIDIA_DRIVER_VERSION } from './versions.js';

/**
 * Makes native TensorFlow ready in this checkout; does nothing where it is. Throws a SetupProblem where it cannot be done.
 * @param {{ asked: 'auto' | 'cpu' | 'cuda', report: ReturnType<typeof import('./report.js').createReport> }} options
 * @returns {Promise<import('./manifest.js').Manifest>}
 */
export async function installTensorflow({ asked, report }) {
  if (!packageFolder('node-api-headers')) throw new SetupProblem('node_modules is not complete', 'Run `npm ci` first.');
  let tfjs = findTfjs();
  const driver = asked === 'cpu' ? null : await findNvidiaDriver();
  const ready = findReady();
  if (ready) return ready;

  const platforms = findWheelPlatforms();
  const release = await lockCache(report);
  try {
    tfjs ??= findTfjs() ?? (await installTfjs(report));
    return findReady() ?? (await installFirst(chooseKinds(asked, driver)));
  } finally {
    release();
  }

  function findReady() {
    const manifest = tfjs && readManifest(tfjs);
    if (!manifest || !satisfies(manifest, asked, driver)) return null;
    return asked === 'auto' || asked === manifest.asked ? manifest : writeManifest(tfjs, { ...manifest, asked });
  }

  /** Installs the first kind that can be installed. */
  async function installFirst({ kinds, note }) {
    for (const [i, kind] of kinds.entries()) {
      try {
        const found = await installKind({ tfjs, kind, platforms, report });
        return writeManifest(tfjs, { kind, asked, ...found, driver: driver?.version ?? null, note });
      } catch (error) {
        const problem = asProblem(error, tensorflowCache());
        if (!(problem instanceof SetupProblem) || i === kinds.length - 1) throw problem;
        note = problem.message;
        report.line(`CUDA cannot be used: ${note}. Setting up TensorFlow for the CPU instead.`);
      }
    }
  }
}

/** A choice made with --cpu or --cuda holds until the other is made; otherwise a new driver is a reason to look again. */
function satisfies(manifest, asked, driver) {
  if (asked !== 'auto') return manifest.kind === asked;
  return manifest.kind === 'cuda' || manifest.asked === 'cpu' || manifest.driver === (driver?.version ?? null);
}

function chooseKinds(asked, driver) {
  if (asked !== 'auto') return { kinds: [asked], note: null };
  if (!driver) return { kinds: ['cpu'], note: null };
  if (driver.tooOld) return { kinds: ['cpu'], note: `the NVIDIA driver ${driver.version} is older than ${NVIDIA_DRIVER_VERSION}` };
  if (process.arch !== 'x64') return { kinds: ['cpu'], note: 'TensorFlow has CUDA wheels for x86-64 only' };
  return { kinds: ['cuda', 'cpu'], note: null };
}

function findTfjs() {
  try {
    return tfjsFolder();
  } catch (error) {
    throw asProblem(error, tensorflowCache()); // a package copies it into the cache
  }
}

async function lockCache(report) {
  try {
    return await acquireLock(`${tensorflowCache()}/lock`, ({ pid, host, since }) =>
      report.line(`Another set-up (process ${pid} on ${host}, since ${since.toLocaleTimeString()}) uses the same cache; waiting for it.`),
    );
  } catch (error) {
    throw asProblem(error, tensorflowCache());
  }
}

/**
 * @returns {Promise<{ gpu: boolean, libraryPath: string }>} whether TensorFlow finds a GPU, and the LD_LIBRARY_PATH that it needs for
 * that
 */
async function installKind({ tfjs, kind, platforms, report }) {
  const addonWasCached = findAddon(tfjs);
  const tools = await findTools(kind, addonWasCached);
  if (!isLibraryComplete(libraryFolder(kind))) await installLibrary(kind, { ...tools, platforms, report });
  if (!addonWasCached) await compile();
  removeManifest(tfjs);
  linkIntoPackage({ tfjs, kind, addon: cachedAddon(tfjs) });
  try {
    return await tryOut(tfjs, kind);
  } catch (error) {
    // A package, or a cache that is shared with another system, may hold an addon that does not fit this one.
    if (!addonWasCached || !tools.compiler) throw error;
    await compile();
    linkIntoPackage({ tfjs, kind, addon: cachedAddon(tfjs) });
    return await tryOut(tfjs, kind);
  }

  function compile() {
    report.line('  Compiling the addon (about 15 s)');
    return compileAddon({ tfjs, kind, compiler: tools.compiler });
  }
}

/** Finds what is needed, or says in one go all that is missing: before the long download, not after it. */
async function findTools(kind, addonIsCached) {
  const python = isLibraryComplete(libraryFolder(kind)) ? null : await findPython();
  const compiler = findCompiler();
  const missing = [];
  if (python && !python.python) missing.push(['Python 3', 'python3']);
  if (python && !python.pip) missing.push(['pip', 'python3-pip']);
  if (!addonIsCached && !compiler) missing.push(['a C++ compiler', 'g++']);
  if (missing.length === 0) return { ...python, compiler };
  const names = missing.map(([name]) => name).join(' and ');
  const packages = missing.map(([, name]) => name).join(' ');
  throw new SetupProblem(
    `${names} ${missing.length === 1 ? 'is' : 'are'} missing`,
    `Install ${missing.length === 1 ? 'it' : 'them'} (Debian, Ubuntu: \`apt-get install ${packages}\`), then \`${setUpCommand()}\`.`,
  );
}

/** Where TensorFlow does not find CUDA's libraries by itself, LD_LIBRARY_PATH must name them. */
async function tryOut(tfjs, kind) {
  const alone = await verifyInstallation(tfjs);
  if (kind === 'cpu' || alone.gpu) return { gpu: alone.gpu, libraryPath: '' };
  const libraryPath = listCudaFolders(libraryFolder(kind)).join(':');
  const { gpu } = await verifyInstallation(tfjs, libraryPath);
  return { gpu, libraryPath };
}
