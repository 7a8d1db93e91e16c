// GPUs for WebGPU where there is none: copies of Chromium's software GPU under names of their own.

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOFTWARE_GPU = '/usr/lib/chromium/libvk_swiftshader.so';
const BUILT_IN_NAME = 'SwiftShader Device';

export interface FakeAdapters {
  /** The caller removes it. */
  folder: string;
  /** VK_ICD_FILENAMES: the Vulkan loader then knows these GPUs and no others. */
  drivers: string;
}

/** One GPU for each name, of 18 letters; the built-in name makes it known as software. Throws where Chromium is missing. */
export function createFakeAdapters(names: readonly string[]): FakeAdapters {
  if (!existsSync(SOFTWARE_GPU)) throw new Error(`This test needs Debian's Chromium, found no ${SOFTWARE_GPU}: apt-get install chromium`);
  const folder = mkdtempSync(join(tmpdir(), 'facet-adapters-'));
  const library = readFileSync(SOFTWARE_GPU);
  const at = library.indexOf(BUILT_IN_NAME);
  const drivers = names.map((name, index) => {
    if (at < 0 || name.length !== BUILT_IN_NAME.length) throw new Error(`Cannot name the software GPU "${name}"`);
    library.write(name, at, 'latin1');
    writeFileSync(join(folder, `gpu${index}.so`), library);
    const driver = { file_format_version: '1.0.0', ICD: { library_path: `./gpu${index}.so`, api_version: '1.0.5' } };
    writeFileSync(join(folder, `gpu${index}.json`), JSON.stringify(driver));
    return join(folder, `gpu${index}.json`);
  });
  return { folder, drivers: drivers.join(':') };
}

export const SOFTWARE_NAME = BUILT_IN_NAME;
