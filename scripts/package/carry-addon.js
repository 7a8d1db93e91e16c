// The compiled addon for the package, so that a user on such a machine needs no compiler. Checked: it asks the system for nothing newer than
// TensorFlow's own libraries do.

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cachedAddon, compileAddon, findCompiler, isAddonCached } from '../setup/addon.js';
import { isLibraryComplete } from '../setup/library.js';
import { libraryFolder, tensorflowCache } from '../setup/locations.js';
import { acquireLock } from '../setup/lock.js';
import { NEWEST_SYMBOLS } from '../setup/versions.js';

/** Says so where the package will carry none. */
export async function carryAddon(tfjs, folder) {
  const why = (await makeAddon(tfjs)) ?? findTooNew(readFileSync(cachedAddon(tfjs), 'latin1'));
  if (why !== null) return console.error(`The package carries no compiled addon: ${why}.`);
  const place = join(folder, 'prebuilt', process.arch);
  mkdirSync(place, { recursive: true });
  copyFileSync(cachedAddon(tfjs), join(place, basename(cachedAddon(tfjs))));
}

/** Compiles it where it is missing. Returns why that cannot be done, else null. */
async function makeAddon(tfjs) {
  if (isAddonCached(tfjs)) return null;
  const kind = ['cpu', 'cuda'].find((each) => isLibraryComplete(libraryFolder(each)));
  const compiler = findCompiler();
  if (!kind) return 'native TensorFlow is not set up here (`npm run setup`)';
  if (!compiler) return 'no C++ compiler is here';
  const release = await acquireLock(join(tensorflowCache(), 'lock'), () => {});
  try {
    if (!isAddonCached(tfjs)) await compileAddon({ tfjs, kind, compiler });
    return null;
  } finally {
    release();
  }
}

/** What the addon needs that an older system with TensorFlow may lack; null where there is nothing. `bytes`: of the file, as latin1. */
export function findTooNew(bytes) {
  const needed = [...bytes.matchAll(/\b(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)\b/g)];
  const tooNew = needed.find(([, library, version]) => isNewer(version, NEWEST_SYMBOLS[library]));
  return tooNew ? `it needs ${tooNew[0]}, TensorFlow itself ${tooNew[1]}_${NEWEST_SYMBOLS[tooNew[1]]} at most` : null;
}

function isNewer(version, limit) {
  const [parts, limits] = [version, limit].map((text) => text.split('.').map(Number));
  const at = parts.findIndex((part, i) => part !== (limits[i] ?? 0));
  return at !== -1 && parts[at] > (limits[at] ?? 0);
}
