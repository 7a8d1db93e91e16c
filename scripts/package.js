// Makes what the package holds beside files of the checkout, dist/package: bundles, the library's types, tfjs-node-gpu in one file, the
// licenses of what is bundled. `npm pack` runs it first.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundles } from './build.js';
import { bundleTfjs } from './package/bundle-tfjs.js';
import { collectLicenses } from './package/licenses.js';
import { writeTypes } from './package/types.js';
import { SetupProblem } from './setup/problem.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'dist/package');
const temporary = `${folder}.${process.pid}.tmp`;

try {
  const inputs = [...(await buildBundles(temporary)), ...(await bundleTfjs(join(temporary, 'tfjs-node-gpu')))];
  writeTypes(root, join(temporary, 'types'));
  writeFileSync(join(temporary, 'licenses.txt'), collectLicenses(root, inputs));
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  console.error(`The package cannot be made: ${error.message}. ${error.remedy}`);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
