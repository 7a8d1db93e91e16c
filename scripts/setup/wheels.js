// The wheels that Facet installs: exact versions, and the SHA-256 of each as PyPI lists it. wheels.json is what pip resolved to for
// TensorFlow's own requirements: pip install --dry-run --report.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpCommand } from './locations.js';
import { SetupProblem } from './problem.js';

/** @type {Record<string, { version: string, sha256: Record<string, string> }>} */
const WHEELS = JSON.parse(readFileSync(join(import.meta.dirname, 'wheels.json'), 'utf8'));
const MACHINES = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * @param {string} name of a package
 * @returns {{ requirement: string, sha256: string }}
 */
export function findPinnedWheel(name) {
  const wheel = WHEELS[name];
  const sha256 = wheel?.sha256[MACHINES[process.arch]];
  if (sha256) return { requirement: `${name}==${wheel.version}`, sha256 };
  throw new SetupProblem(`no wheel of ${name} for ${process.arch} is known`, `Use \`${setUpCommand('--cpu')}\`.`);
}
