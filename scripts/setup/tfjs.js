// Installs tfjs-node-gpu in a checkout, apart from the other packages. Its own install script would download another TensorFlow; the .npmrc
// beside it turns scripts off there and nowhere else.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { installCommand, tfjsFolder, tfjsProject } from './locations.js';
import { SetupProblem } from './problem.js';
import { findProgram, runProgram } from './programs.js';

/** Needs the lock. Returns the folder of the package. */
export async function installTfjs(report) {
  const npm = findProgram('npm');
  if (!npm) throw new SetupProblem('npm is missing', 'Install it beside Node.');
  report.line('  Installing tfjs-node-gpu');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', tfjsProject];
  const { ok, stderr } = await runProgram([npm, 'ci', ...options]);
  const folder = ok && tfjsFolder();
  if (folder) return folder;
  rmSync(join(tfjsProject, 'node_modules'), { recursive: true, force: true });
  const reason = stderr.split('\n').find((line) => /error/i.test(line)) ?? 'no output';
  throw new SetupProblem(`npm could not install tfjs-node-gpu: ${reason}`, `Mend it, then \`${installCommand}\`.`);
}
