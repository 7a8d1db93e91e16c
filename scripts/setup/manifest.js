// facet-install.json in the package folder: what is installed there. Written last, so that it speaks of whole
// installations only; src/machine/installation.ts reads it too.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cachedAddon } from './addon.js';
import { isLibraryComplete } from './library.js';
import { addonFile, libraryFolder, manifestFile } from './locations.js';
import { TENSORFLOW_VERSION } from './versions.js';

/**
 * @typedef {object} Manifest
 * @property {1} format
 * @property {string} tensorflow version
 * @property {'cpu' | 'cuda'} kind
 * @property {'auto' | 'cpu' | 'cuda'} asked what the person chose
 * @property {boolean} gpu whether TensorFlow found a GPU when it was tried
 * @property {string | null} driver version of the NVIDIA driver that was there
 * @property {string | null} note why not CUDA, where there is a driver
 * @property {string} cacheFolder
 * @property {string} libraryPath for LD_LIBRARY_PATH, '' where none is needed
 * @property {string} addonName says from which source and versions the addon was made
 * @property {string} addonSha256
 */

/** The manifest, if everything that it names is still in place; else null. @returns {Manifest | null} */
export function readManifest(tfjs) {
  try {
    const manifest = JSON.parse(readFileSync(manifestFile(tfjs), 'utf8'));
    const inPlace =
      manifest.format === 1 &&
      manifest.tensorflow === TENSORFLOW_VERSION &&
      manifest.addonName === basename(cachedAddon(tfjs)) &&
      manifest.addonSha256 === hashFile(addonFile(tfjs)) &&
      isLibraryComplete(manifest.cacheFolder) &&
      existsSync(join(tfjs, 'deps', 'lib', 'libtensorflow_cc.so.2'));
    return inPlace ? manifest : null;
  } catch {
    return null;
  }
}

/** @param {Omit<Manifest, 'format' | 'tensorflow' | 'cacheFolder' | 'addonName' | 'addonSha256'>} facts */
export function writeManifest(tfjs, facts) {
  const manifest = {
    format: 1,
    tensorflow: TENSORFLOW_VERSION,
    ...facts,
    cacheFolder: libraryFolder(facts.kind),
    addonName: basename(cachedAddon(tfjs)),
    addonSha256: hashFile(addonFile(tfjs)),
  };
  const path = manifestFile(tfjs);
  writeFileSync(`${path}.${process.pid}.tmp`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${path}.${process.pid}.tmp`, path);
  return manifest;
}

/** What is installed is about to change, or turned out not to work. */
export function removeManifest(tfjs) {
  rmSync(manifestFile(tfjs), { force: true });
}

const hashFile = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
